"""Keep the words for small numbers in the languages that write them with letters."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from domain.language import LanguageTag


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWords:
    """Phrases in small letters, words parted by one space."""

    digits: Mapping[str, str]  # word → its digit
    numbers: Mapping[str, int]  # phrase → 0 … 99, articles left out
    hundredth: str  # what % is read as
    repeats: Mapping[str, int] = field(default_factory=dict)  # double → 2


@cache
def number_words() -> Mapping[LanguageTag, NumberWords]:
    """Read the table that comes with this package, once."""
    read = tomllib.loads(files("spoken_text").joinpath("number_words.toml").read_text("utf-8"))
    return {LanguageTag(tag): _words(table) for tag, table in read.items()}


def _words(table: Mapping[str, Any]) -> NumberWords:
    digits = {word: str(value) for value, words in enumerate(table["digits"]) for word in words}
    numbers = {word: int(digit) for word, digit in digits.items()}
    numbers |= {word: 10 + n for n, word in enumerate(table["teens"])}
    numbers |= _tens(table)
    numbers |= table.get("phrases", {})
    for article in table.get("articles", []):
        del numbers[article]
    return NumberWords(
        digits=digits,
        numbers=numbers,
        hundredth=table["hundredth"],
        repeats={
            **dict.fromkeys(table.get("twice", []), 2),
            **dict.fromkeys(table.get("thrice", []), 3),
        },
    )


def _tens(table: Mapping[str, Any]) -> dict[str, int]:
    found = {}
    before = table.get("digit_joins_before_tens")
    for place, ten in enumerate(table["tens"]):
        if not ten:
            continue
        value = 20 + 10 * place
        found[ten] = value
        for digit in range(1, 10):
            for word in table["digits"][digit]:
                if before:
                    joined = table["one_joined"] if digit == 1 else word
                    found[f"{joined}{before}{ten}"] = value + digit
                else:
                    found[" ".join(filter(None, (ten, table["and"], word)))] = value + digit
                    found[f"{ten} {word}"] = value + digit
    return found
