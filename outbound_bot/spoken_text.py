"""Write a text as it is said: 12345 becomes 幺二三四五, where a plain reader would say twelve thousand."""

import re
import unicodedata
from collections.abc import Iterator

from domain.language import EN, ZH, LanguageTag

ZH_DIGITS = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
ZH_YEAR_DIGITS = {**ZH_DIGITS, "1": "一"}
EN_DIGITS = dict(
    zip(
        "0123456789",
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        strict=True,
    )
)
NUMBER_NAMED = re.compile(
    r"(?<![\d.])(\d{5,}|1[012]\d|\d{3,4}(?=热线|专线|号线))(?![\d.]|[元米人次件个天年%])"
)
YEAR = re.compile(r"(?<!\d)(\d{4})(?=年)")
EN_NUMBER_NAMED = re.compile(r"(?<![\d.,])(\d{5,})(?![\d.,]\d)")
SENTENCE_END = re.compile(r"(?<=[。!?;…!?;])\s*|(?<=\.)\s+")
CLAUSE_END = re.compile(r"(?<=[,、:,:])\s*")


def as_spoken(text: str, language: LanguageTag) -> str:
    """Hotline and telephone numbers digit by digit; amounts stay numbers. Width and spaces are evened out."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if language == ZH:
        plain = YEAR.sub(lambda match: _digits(match[1], ZH_YEAR_DIGITS, ""), plain)
        return NUMBER_NAMED.sub(lambda match: _digits(match[1], ZH_DIGITS, ""), plain)
    if language == EN:
        return EN_NUMBER_NAMED.sub(lambda match: _digits(match[1], EN_DIGITS, " "), plain)
    return plain


def clauses(text: str, *, longest: int) -> Iterator[str]:
    """Sentences, cut at commas and at last by length where they are longer than a voice can hold."""
    for sentence in SENTENCE_END.split(text):
        if len(sentence) <= longest:
            yield from _if_said(sentence)
            continue
        for part in _packed(CLAUSE_END.split(sentence), longest):
            yield from _if_said(part)


def _digits(number: str, names: dict[str, str], between: str) -> str:
    return between.join(names[digit] for digit in number)


def _packed(parts: list[str], longest: int) -> Iterator[str]:
    """Join short clauses again as long as they fit; cut what is still too long."""
    held = ""
    for part in parts:
        if len(held) + len(part) > longest and held:
            yield held
            held = ""
        held += part
        while len(held) > longest:
            cut = held.rfind(" ", 1, longest) if " " in held[1:longest] else longest
            yield held[:cut]
            held = held[cut:]
    yield held


def _if_said(part: str) -> Iterator[str]:
    if any(char.isalnum() for char in part):
        yield part.strip()
