"""What a machine heard is shown as people write it, with known terms put right."""

import pickle

from asr.settings import CorrectionSettings, TextSettings
from asr.text.correction import Change
from asr.text.spelling import Spelling
from domain.language import EN, ZH
from spoken_text import Script

TERMS = ("随申办",)


def test_terms_and_figures_come_out_together() -> None:
    spelled = Spelling(terms=TERMS).spelled("我用隨身辦打幺二三四五", ZH)

    assert spelled.text == "我用随申办打12345"
    assert spelled.changes == (Change(2, 5, "随身办"),)


def test_a_mobile_number_that_ends_in_eight_is_not_a_question() -> None:
    assert Spelling()("我的电话是138 1234 567吧", ZH).startswith("我的电话是13812345678")
    assert "123吧" in Spelling()("是123吧", ZH)
    assert "13812345678吧" in Spelling()("是13812345678吧", ZH)


def test_without_terms_nothing_is_put_right() -> None:
    assert Spelling()("我用随身办", ZH) == "我用随身办"


def test_correction_can_be_switched_off() -> None:
    settings = TextSettings(correction=CorrectionSettings(is_on=False))

    assert Spelling(settings, TERMS)("我用随身办", ZH) == "我用随身办"


def test_traditional_characters_are_shown_by_choice() -> None:
    spelling = Spelling(TextSettings(script=Script.TAIWAN), TERMS)

    assert spelling("我用随身办", ZH) == "我用隨申辦"


def test_other_languages_are_not_searched_for_terms() -> None:
    assert Spelling(terms=TERMS)("hello", EN) == "Hello"


def test_it_travels_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(Spelling(terms=TERMS)))  # noqa: S301 — our own bytes

    there.load()
    assert there("我用随身办", ZH) == "我用随申办"
