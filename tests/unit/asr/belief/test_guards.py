"""What cannot have been said is not written down."""

from dataclasses import replace

import pytest

from asr.belief.guards import Claim, Fault, disbelief, second_look, without_loop
from asr.belief.phantoms import read_phantoms
from asr.settings import GuardSettings
from domain.language import HOTLINE_LANGUAGES

SETTINGS = GuardSettings()
PHANTOMS = read_phantoms()


def a_claim(
    text: str, *, speech_ms: int = 3_000, log_probability: float = -0.4, no_speech: float = 0.1
) -> Claim:
    return Claim(
        text=text,
        speech_ms=speech_ms,
        log_probability=log_probability,
        no_speech_probability=no_speech,
    )


def verdict(claim: Claim) -> Fault | None:
    return disbelief(claim, SETTINGS, PHANTOMS)


@pytest.mark.parametrize(
    "text",
    [
        "我的社保卡丢了怎么补办",
        "对对对，是的",
        "电话是一三八零零零零零零零零",
        "Excellent, give me a second to look up your account.",
        "Je voudrais prolonger mon titre de séjour.",
        "电话是13800000000，请记一下。",
    ],
)
def test_ordinary_sentences_are_believed(text: str) -> None:
    claim = a_claim(text)

    assert verdict(claim) is None
    assert second_look(claim, SETTINGS) is None


@pytest.mark.parametrize(
    "text",
    [
        "字幕由Amara.org社群提供",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "Thanks for watching!",
        "Sous-titres réalisés par la communauté d'Amara.org",
        "Untertitel im Auftrag des ZDF für funk, 2017",
        "Редактор субтитров А.Семкин",
        "ご視聴ありがとうございました",
        "시청해주셔서 감사합니다.",
    ],
)
def test_subtitle_credits_are_never_believed(text: str) -> None:
    assert verdict(a_claim(text, log_probability=-0.1, no_speech=0.0)) is Fault.PHANTOM


def test_thanks_are_believed_from_a_sure_machine_and_dropped_from_a_doubtful_one() -> None:
    assert verdict(a_claim("谢谢大家", speech_ms=900)) is None
    assert verdict(a_claim("谢谢大家", speech_ms=900, no_speech=0.8)) is Fault.PHANTOM
    assert verdict(a_claim("Thank you.", speech_ms=900, log_probability=-1.2)) is Fault.PHANTOM


@pytest.mark.parametrize("text", ["", "  ", "...", "。"])
def test_punctuation_is_no_word(text: str) -> None:
    assert verdict(a_claim(text)) is Fault.EMPTY


def test_endless_repetition_is_read_again_and_then_dropped() -> None:
    looped = a_claim("谢谢你的关注" * 8, speech_ms=9_000)

    assert second_look(looped, SETTINGS) is Fault.REPEATS
    assert verdict(looped) is Fault.REPEATS


def test_repetition_with_variations_is_known_by_how_well_it_compresses() -> None:
    text = " ".join(
        f"you know what I mean, {word} you know what I mean"
        for word in ["so", "and", "but", "or"] * 3
    )

    assert verdict(a_claim(text, speech_ms=30_000)) in {Fault.COMPRESSES, Fault.REPEATS}


def test_more_words_than_a_mouth_can_say_are_not_believed() -> None:
    assert (
        verdict(a_claim("我们今天要讨论的问题是城市公共交通的票价", speech_ms=500))
        is Fault.TOO_DENSE
    )


def test_a_low_score_is_read_again_but_may_stand() -> None:
    mumbled = a_claim("我要投诉楼上装修", log_probability=-1.4)

    assert second_look(mumbled, SETTINGS) is Fault.LOW_SCORE
    assert verdict(mumbled) is None


def test_a_machine_that_hears_no_speech_and_doubts_its_words_is_taken_at_its_word() -> None:
    assert verdict(a_claim("我要投诉", log_probability=-1.2, no_speech=0.7)) is Fault.NO_SPEECH


def test_a_hopeless_score_is_dropped() -> None:
    assert verdict(a_claim("我要投诉", log_probability=-1.8)) is Fault.HOPELESS


def test_every_hotline_language_has_its_phantoms() -> None:
    import tomllib
    from importlib.resources import files

    table = tomllib.loads(files("asr.belief").joinpath("phantoms.toml").read_text(encoding="utf-8"))
    assert set(table) >= set(HOTLINE_LANGUAGES)


def test_few_words_for_much_speech_are_read_again_but_may_stand() -> None:
    sparse = a_claim("好的", speech_ms=9_000)

    assert second_look(sparse, SETTINGS) is Fault.TOO_SPARSE
    assert verdict(sparse) is None


def test_a_number_that_was_written_in_figures_is_not_too_few() -> None:
    assert second_look(a_claim("13800000000", speech_ms=5_500), SETTINGS) is None


def test_one_slow_word_is_not_too_few() -> None:
    assert second_look(a_claim("喂", speech_ms=900), SETTINGS) is None


def test_a_reading_that_was_stopped_in_the_middle_is_read_again_but_may_stand() -> None:
    stopped = replace(a_claim("我的社保卡丢了怎么补办"), is_cut_off=True)

    assert second_look(stopped, SETTINGS) is Fault.CUT_OFF
    assert verdict(stopped) is None


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Please register. Please register", "Please register."),
        ("As court. As court. As", "As court."),
        ("the interpreter, the interpreter, the", "the interpreter,"),
        ("请您请您请", "请您"),
        ("May I have your", "May I have your"),
        ("no, no, that is wrong", "no, no, that is wrong"),
        ("", ""),
    ],
)
def test_a_sketch_that_goes_round_in_circles_is_cut_after_the_first_round(
    text: str, once: str
) -> None:
    assert without_loop(text) == once
