"""Say written text as a voice should read it: a plain reader would say twelve thousand for 12345."""

import re
import unicodedata
from itertools import pairwise

from domain.language import LanguageTag
from spoken_text.number_words import number_words
from spoken_text.zh_saying import say_groups, say_numbers

_NAMED = re.compile(r"(?<![\d.,\w])\+?(\d{5,}|0\d{2,})(?![\d\w]|[.,]\d)")
_CHINESE = frozenset({"zh", "yue"})
_IDENTITY = re.compile(r"\d{17}[\dXx]")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_GROUP = 4  # figures a listener can hold before a pause


def said(text: str, language: LanguageTag) -> str:
    """Chinese figures in full; elsewhere only numbers that name something, the rest is the synthesiser's.

    Width and white space are evened out; text without figures is else unchanged.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if language in _CHINESE:
        return say_numbers(plain)
    if language in number_words():
        return _NAMED.sub(lambda match: _digit_words(match.group(), language), plain)
    return plain


def spelled(slot: str, language: LanguageTag) -> str:
    """A slot read back for confirmation: figures one by one in groups with a pause between, letters apart.

    A slot without figures is said as it stands.
    """
    joined = re.sub(r"(?<=[\dA-Za-z])[ \-·](?=[\dA-Za-z])", "", slot)
    if language in _CHINESE:
        apart = re.sub(r"(?<=[A-Za-z])(?=[A-Za-z])", " ", joined)
        return re.sub(r"\d+[Xx]?(?![A-Za-z])", lambda match: _chinese_groups(match.group()), apart)
    if language not in number_words():
        return said(slot, language)
    return re.sub(
        r"\d+",
        lambda match: ", ".join(_digit_words(group, language) for group in _groups(match.group())),
        joined,
    )


def _chinese_groups(figures: str) -> str:
    if _IDENTITY.fullmatch(figures):
        return say_groups(figures, 6, 4, 4)
    if _MOBILE.fullmatch(figures):
        return say_groups(figures, 3, 4)
    return say_groups(figures, *(len(group) for group in _groups(figures)))


def _groups(figures: str) -> list[str]:
    """As even as can be, the longer ones last: seven are three and four. Five stay together, as 12345 does."""
    if len(figures) <= _GROUP + 1:
        return [figures]
    count = -(-len(figures) // _GROUP)
    ends = [len(figures) * place // count for place in range(count + 1)]
    return [figures[start:end] for start, end in pairwise(ends)]


def _digit_words(figures: str, language: LanguageTag) -> str:
    names = {digit: word for word, digit in reversed(list(number_words()[language].digits.items()))}
    return " ".join(names[digit] for digit in figures if digit.isdigit())
