"""Two spellings of the same words score as equal, and other words never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.language import LanguageTag
from spoken_text.scoring import for_scoring

LANGUAGES = st.sampled_from(["zh", "yue", "en", "fr", "de", "ru", "es", "ar", "ja", "ko"])


@pytest.mark.parametrize(
    ("language", "spellings"),
    [
        ("zh", ["一百二十三", "123", "１２３", "幺二三", " 1 2 3 "]),
        ("zh", ["我要投訴。", "我要投诉", "我要 投诉!"]),
        ("zh", ["三点五万元", "3.5万元", "35000元", "35,000元"]),
        ("zh", ["百分之五十", "50%", "百分之50"]),
        ("zh", ["三点零五", "3:05", "3.05"]),
        ("zh", ["一万二", "12000", "一万二千"]),
        ("zh", ["下载APP", "下载 app"]),
        ("ja", ["二十歳です。", "20歳です"]),
        ("ko", ["안녕 하세요.", "안녕하세요"]),
        ("en", ["Twenty-five percent!", "25%", "25 percent"]),
        ("en", ["Call one two three four five", "call 12345"]),
        ("en", ["It's fine", "its fine"]),
        ("fr", ["quatre-vingt-dix-neuf", "99"]),
        ("fr", ["L’eau, c'est bien", "l'eau c’est bien"]),
        ("de", ["fünfundzwanzig", "25"]),
        ("de", ["Straße", "STRASSE"]),
        ("es", ["treinta y cinco", "35"]),
        ("ru", ["двадцать пять, ещё", "25 еще"]),
        ("ar", ["٣ مَرْحَبًا", "3 مرحبا"]),
    ],
)
def test_spellings_of_the_same_words_are_equal(language: str, spellings: list[str]) -> None:
    assert len({for_scoring(text, LanguageTag(language)) for text in spellings}) == 1


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("zh", "三百", "三千"),
        ("zh", "千万别去", "一千万别去"),
        ("zh", "三点五", "三五"),
        ("en", "fifteen", "fifty"),
        ("fr", "un chat", "1 chat"),
        ("ru", "дом", "том"),
    ],
)
def test_different_words_stay_different(language: str, one: str, other: str) -> None:
    assert for_scoring(one, LanguageTag(language)) != for_scoring(other, LanguageTag(language))


def test_only_languages_scored_by_words_keep_their_spaces() -> None:
    assert for_scoring("Hello,  world", LanguageTag("en")) == "hello world"
    assert for_scoring("我要 下载 App", LanguageTag("zh")) == "我要下载app"


def test_punctuation_alone_is_nothing() -> None:
    assert for_scoring("……!?。", LanguageTag("zh")) == ""


@given(text=st.text(max_size=40), language=LANGUAGES)
def test_the_form_of_a_form_is_itself(text: str, language: str) -> None:
    once = for_scoring(text, LanguageTag(language))

    assert for_scoring(once, LanguageTag(language)) == once
