"""Write the languages that put spaces between words: capitals, spoken digits, spaces before French marks."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from domain.language import LanguageTag
from spoken_text.number_words import number_words

_NARROW_NO_BREAK = "\u202f"
_LEAST_DIGITS = 4  # three number words may be a count, four name something
_LEAST_SHOUTED_WORDS = 3
_SENTENCE_START = re.compile(r"(^[\s\"'«“¿¡(\-–—]*|[.!?…]+[\s\"'»”)]+[¿¡«“(]*)(\w)")


def write_western(text: str, language: LanguageTag, *, writes_figures: bool) -> str:
    """Words are never added or dropped; without a table of its own a language only has its spaces evened out."""
    even = " ".join(unicodedata.normalize("NFC", text).split())
    if writes_figures and language in number_words():
        even = _digits_joined(even, language)
    rules = _table().get(language, {})
    if rules.get("calms_capitals"):
        even = _calm(even)
    if rules.get("starts_with_capital"):
        even = _capitals(even, frozenset(rules.get("abbreviations", ())))
    for word, written in rules.get("words", {}).items():
        even = re.sub(rf"(?<![\w'’.-]){word}(?![\w.-])", written, even)
    if rules.get("western_figures"):
        even = "".join(_western_figure(c) for c in even)
    for mark, written in rules.get("marks", {}).items():
        even = re.sub(rf"(?<=[^\W0-9_a-zA-Z]) ?{re.escape(mark)}", written, even)
    if rules.get("spaces_before_marks"):
        even = re.sub(r"(?<=[^\W_]) ?([?!;]+)(?=\s|$|»)", rf"{_NARROW_NO_BREAK}\1", even)
        even = re.sub(r"(?<=[^\W\d_]) ?:(?=\s|$)", "\u00a0:", even)
    return even


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files("spoken_text").joinpath("western.toml").read_text("utf-8"))


def _digits_joined(text: str, language: LanguageTag) -> str:
    return _digit_runs(language).sub(lambda match: _joined(match.group(), language), text)


@cache
def _digit_runs(language: LanguageTag) -> re.Pattern[str]:
    table = number_words()[language]
    words = "|".join(sorted(map(re.escape, table.digits), key=len, reverse=True))
    repeats = "|".join(table.repeats)
    one = rf"(?:(?:{repeats})\s)?(?:{words})" if repeats else f"(?:{words})"
    return re.compile(rf"(?<![\w-]){one}(?:[ -]{one}){{2,}}(?![\w-])", re.IGNORECASE)


def _joined(said: str, language: LanguageTag) -> str:
    table = number_words()[language]
    figures, times = "", 1
    for word in re.split(r"[ -]", said.casefold()):
        if word in table.repeats:
            times = table.repeats[word]
            continue
        figures, times = figures + table.digits[word] * times, 1
    return figures if len(figures) >= _LEAST_DIGITS else said


def _calm(text: str) -> str:
    """Some recognisers write capitals only; a few capital words in a text are names and stay."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 1]
    if len(words) < _LEAST_SHOUTED_WORDS or text != text.upper():
        return text
    return text.lower()


def _capitals(text: str, abbreviations: frozenset[str]) -> str:
    def started(match: re.Match[str]) -> str:
        before = text[: match.start()].rpartition(" ")[2]
        if match[1].startswith(".") and (len(before) == 1 or before.casefold() in abbreviations):
            return match.group()
        first = match[2].upper()
        return match[1] + (first if len(first) == 1 else match[2])

    return _SENTENCE_START.sub(started, text)


def _western_figure(character: str) -> str:
    is_figure = unicodedata.category(character) == "Nd"
    return str(unicodedata.decimal(character)) if is_figure else character
