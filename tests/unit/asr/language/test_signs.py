"""Cantonese and Uyghur show in the letters what the network has no name for."""

import pytest

from asr.language.signs import UG, YUE, Sign, sign_of
from domain.language import ZH, LanguageTag


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我哋嘅社保卡唔見咗", YUE),
        ("我哋嘅社保卡唔见咗", YUE),
        ("佢話冇人喺度", YUE),
        ("我的社保卡不见了,怎么办呢", ZH),
        ("唔,好的,我是来问这个的", ZH),
        ("这个系统", ZH),
        ("مېنىڭ كارتام يوقاپ كەتتى", UG),
        ("أريد أن أسأل عن بطاقتي", None),
        ("لطفاً چند لحظه گوش کنید", None),
        ("Good morning", None),
        ("", None),
    ],
)
def test_a_text_is_known_by_its_own_letters(text: str, language: LanguageTag | None) -> None:
    assert sign_of(text) == language


def test_one_text_raises_doubt_and_a_second_makes_it_firm() -> None:
    once = Sign().after(YUE)

    assert (once.language, once.taken_for, once.is_firm) == (YUE, ZH, False)
    assert once.after(YUE).is_firm
    assert once.after(None) == once


def test_plain_mandarin_makes_one_odd_text_forgotten() -> None:
    assert Sign().after(YUE).after(ZH).after(ZH) == Sign()


def test_signs_of_one_language_do_not_speak_for_another() -> None:
    assert not Sign().after(YUE).after(UG).is_firm
