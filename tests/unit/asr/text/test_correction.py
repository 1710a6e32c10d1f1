"""A known term comes back where the recogniser wrote something that sounds like it, and nothing else is touched."""

import pytest

from asr.settings import CorrectionSettings
from asr.text.correction import Change, Corrected, Correction
from domain.errors import InputError

TERMS = ["随申办", "漕河泾", "闵行区", "一网通办", "住房公积金", "APP", "区"]


@pytest.fixture(scope="module")
def correction() -> Correction:
    return Correction(TERMS)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("我用随身办查的", "我用随申办查的"),
        ("住在曹河经附近", "住在漕河泾附近"),
        ("我在敏航区", "我在闵行区"),
    ],
)
def test_a_term_replaces_what_sounds_like_it(
    correction: Correction, heard: str, meant: str
) -> None:
    assert correction.corrected(heard).text == meant


def test_every_change_can_be_seen(correction: Correction) -> None:
    assert correction.corrected("请问随身办在敏航区吗") == Corrected(
        "请问随申办在闵行区吗", (Change(2, 5, "随身办"), Change(6, 9, "敏航区"))
    )


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉小区噪音",
        "我用随申办查的",
        "随身带着办公用品",
        "",
        "hello APP",
        "谢谢您再见",
        "12345",
    ],
)
def test_text_that_is_right_stays(correction: Correction, text: str) -> None:
    assert correction.corrected(text) == Corrected(text)


def test_a_word_of_the_dictionary_is_never_replaced() -> None:
    assert Correction(["攻击性", "公司法"]).corrected("公积金和攻击性").changes == ()
    assert Correction(["公鸡金"]).corrected("公积金").changes == ()


def test_common_talk_gives_way_to_the_very_same_sound_only() -> None:
    settings = CorrectionSettings(common_from=1)

    assert Correction(["随生办"], settings).corrected("我用随身办").text == "我用随身办"
    assert Correction(["随申办"], settings).corrected("我用随身办").text == "我用随申办"


def test_a_term_that_was_said_holds_its_place_against_a_neighbour() -> None:
    both = Correction(["随申办", "随身办"])

    assert both.corrected("我用随身办").changes == ()


def test_the_words_around_latin_ones_are_corrected_too(correction: Correction) -> None:
    assert correction.corrected("打开 APP 随身办").text == "打开 APP 随申办"


def test_settings_out_of_range_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="max_distance_per_syllable"):
        CorrectionSettings(max_distance_per_syllable=0.9)
