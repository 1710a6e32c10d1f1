"""Going to and fro between Chinese and English is noticed; changing once and naming things is not."""

import pytest

from asr.language.turns import Turns, is_mixed
from domain.language import EN, ZH, LanguageTag

FR = LanguageTag("fr")


def turns(*languages: LanguageTag, probability: float = 0.95, speech_ms: int = 2_000) -> Turns:
    so_far = Turns()
    for language in languages:
        so_far = so_far.after(language, probability, speech_ms)
    return so_far


def test_to_and_fro_is_a_mixture() -> None:
    assert turns(ZH, EN, ZH).mixed == (ZH, EN)


@pytest.mark.parametrize("languages", [(ZH, ZH, ZH), (ZH, EN), (ZH, ZH, EN, EN, EN), (ZH, FR, ZH)])
def test_one_language_after_another_is_none(languages: tuple[LanguageTag, ...]) -> None:
    assert turns(*languages).mixed == ()


def test_short_or_unclear_utterances_are_no_turns() -> None:
    assert turns(ZH, EN, ZH, speech_ms=400).mixed == ()
    assert turns(ZH, EN, ZH, probability=0.6).mixed == ()


def test_who_stays_with_one_language_is_no_longer_mixing() -> None:
    assert turns(ZH, EN, ZH, *[EN] * 6).mixed == ()


def test_a_mixed_sentence_is_enough_and_is_forgotten_after_a_while() -> None:
    mixed = Turns().after(ZH, 0.6, 2_000, "我想 check 一下我的 account balance 可以吗")

    assert mixed.mixed == (ZH, EN)
    for _ in range(4):
        mixed = mixed.after(ZH, 0.95, 2_000, "好的谢谢你")
    assert mixed.mixed == ()


@pytest.mark.parametrize(
    "text",
    ["我要下载APP怎么办", "我的SIM卡和VPN和WIFI都坏了", "用WeChat付款可以吗", "How are you", ""],
)
def test_names_in_a_chinese_sentence_are_no_mixture(text: str) -> None:
    assert not is_mixed(text)
