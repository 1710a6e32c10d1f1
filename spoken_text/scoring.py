"""Bring a recognised text and its reference into one form, so that only hearing is scored, not spelling."""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from functools import cache

from domain.language import LanguageTag
from spoken_text.number_words import number_words
from spoken_text.numerals import BIG_UNITS, digits_of, is_digit_by_digit, number_of, plain_decimal
from spoken_text.script import simplified

_WITHOUT_SPACES = frozenset({"zh", "yue", "ja", "ko"})
_WITH_HAN_NUMERALS = frozenset({"zh", "yue", "ja"})
_ARABIC_MARKS = re.compile(r"[\u0640\u064b-\u0652\u0670]")  # tatweel and short vowels
_APOSTROPHES = re.compile(r"(?<=\w)['’‘ʼ`](?=\w)")

_N = "[0-9零〇○一二三四五六七八九幺两十百千万亿]"
_DIGIT = "[0-9零〇○一二三四五六七八九幺]"
_RUN = re.compile(f"{_N}+")
_BIG_DECIMAL = re.compile(f"({_N}+)点({_DIGIT}+)([万亿])")
_PERCENT = re.compile(r"(\d+(?:点\d+)?)%")
_OLD_UNITS = str.maketrans("萬億兩", "万亿两")  # as Japanese writes two of them


def for_scoring(text: str, language: LanguageTag) -> str:
    """One form of a text for error rates; apply it to hypothesis and reference alike.

    The rule, in this order: NFKC; casefold; Chinese to simplified characters; Arabic short vowels out, ё as е; numbers
    to figures (Chinese and Japanese numerals with or without units: 一百二十三, 幺二三 and 123 are equal; in en, fr, de,
    es and ru the words for 0 to 99, articles untouched, each figure a word of its own: "twenty five", "25" and
    "two five" are equal); 3.5 as 3点5, 3:05 as 3点05 and 50% as 百分之50, elsewhere % as its word; apostrophes inside
    words out; every other mark of punctuation or symbol becomes a space; ordinals and numbers over 99 written as words
    outside Chinese and Japanese stay words.

    zh, yue, ja and ko come back without any space: score them by characters (``jiwer.cer``). All others come back as
    words parted by single spaces: score them by words (``jiwer.wer``).
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFKC", plain)
    if language in ("zh", "yue"):
        plain = simplified(plain)
    plain = _western_figures(_ARABIC_MARKS.sub("", plain).replace("ё", "е"))
    if language in _WITH_HAN_NUMERALS:
        return _letters(_han_numbers(plain), between="")
    plain = _APOSTROPHES.sub("", plain)
    if language in number_words():
        plain = plain.replace("%", f" {number_words()[language].hundredth} ")
        plain = _number_phrases(language)(_letters(plain, between=" "))
        plain = re.sub(r"(?<=\d)(?=\d)|(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", " ", plain)
    return _letters(plain, between="" if language in _WITHOUT_SPACES else " ")


def _western_figures(text: str) -> str:
    """Figures of any script become 0-9; separators of thousands go."""
    figures = "".join(
        str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text
    )
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", figures)


def _letters(text: str, *, between: str) -> str:
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text)
    return unicodedata.normalize("NFC", between.join(kept.split()))


def _han_numbers(text: str) -> str:
    text = re.sub(r"(?<=\d)[.:](?=\d)", "点", "".join(text.translate(_OLD_UNITS).split()))
    text = _PERCENT.sub(r"百分之\1", text)
    text = _BIG_DECIMAL.sub(_big_decimal, text)
    return _RUN.sub(lambda match: _figures(match.group()), text)


def _big_decimal(match: re.Match[str]) -> str:
    whole = _figures(match[1])
    if not whole.isdigit():
        return match.group()
    return plain_decimal(Decimal(f"{whole}.{digits_of(match[2])}") * BIG_UNITS[match[3]])


def _figures(said: str) -> str:
    """Longest sensible numerals from the left; a unit without a number (千 in 千万别) stays a word."""
    if is_digit_by_digit(said):
        return digits_of(said)
    for end in range(len(said), 0, -1):
        head = said[:end]
        number = int(digits_of(head)) if is_digit_by_digit(head) else number_of(head)
        if number is not None:
            figures = digits_of(head) if is_digit_by_digit(head) else str(number)
            return figures + (_figures(said[end:]) if said[end:] else "")
    return said[0] + (_figures(said[1:]) if said[1:] else "")


@cache
def _number_phrases(language: LanguageTag) -> Callable[[str], str]:
    numbers = {
        _letters(phrase.casefold(), between=" "): value
        for phrase, value in number_words()[language].numbers.items()
    }
    longest_first = sorted(numbers, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return lambda text: pattern.sub(lambda match: str(numbers[match.group()]), text)
