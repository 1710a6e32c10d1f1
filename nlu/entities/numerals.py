"""Read digits however they are spoken or written, without moving a character."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

CHINESE_DIGITS = {
    "零": "0", "〇": "0", "○": "0", "洞": "0", "幺": "1", "一": "1", "二": "2", "两": "2",
    "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9",
}  # fmt: skip
ENGLISH_DIGITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
REPEATS = {"double": 2, "triple": 3}
LAST_LETTERS = {
    "x": "X",
    "X": "X",
    "叉": "X",
}  # the check character of a resident ID, as it is said

_WORDS = "|".join(ENGLISH_DIGITS)
_TOKEN = re.compile(
    rf"\d+|[{''.join(CHINESE_DIGITS)}]|\b(?:(double|triple)\s+)?({_WORDS})\b|[xXX叉]",
    re.IGNORECASE,
)
_GAP = re.compile(r"[\s\-‐–—,,、.。·()()]{0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """Some digits and the place they stand in."""

    digits: str
    start_char: int
    end_char: int


def digit_chunks(text: str) -> Iterator[list[Digits]]:
    """Runs of digits as callers say them in groups: one list a run, one item an unbroken group."""
    run: list[Digits] = []
    for token in map(_digits, _TOKEN.finditer(text)):
        if run and _GAP.fullmatch(text, run[-1].end_char, token.start_char) is None:
            yield run
            run = []
        if run and run[-1].end_char == token.start_char:
            run[-1] = joined((run[-1], token))
        else:
            run.append(token)
    if run:
        yield run


def candidates(run: list[Digits]) -> Iterator[Digits]:
    """The whole run first, then ever shorter stretches of neighbouring groups.

    Digits said one by one have no groups: any stretch of them would be a guess, so only the whole counts.
    """
    if all(len(group.digits) == 1 for group in run):
        yield joined(tuple(run))
        return
    for length in range(len(run), 0, -1):
        for first in range(len(run) - length + 1):
            yield joined(tuple(run[first : first + length]))


def joined(groups: tuple[Digits, ...]) -> Digits:
    return Digits(
        digits="".join(group.digits for group in groups),
        start_char=groups[0].start_char,
        end_char=groups[-1].end_char,
    )


def _digits(token: re.Match[str]) -> Digits:
    return Digits(digits=_spelled(token), start_char=token.start(), end_char=token.end())


def _spelled(token: re.Match[str]) -> str:
    said, times, word = token.group(), token.group(1), token.group(2)
    if word is not None:
        return ENGLISH_DIGITS[word.lower()] * REPEATS.get((times or "").lower(), 1)
    if said in LAST_LETTERS or said in CHINESE_DIGITS:
        return LAST_LETTERS.get(said) or CHINESE_DIGITS[said]
    return "".join(str(unicodedata.decimal(character)) for character in said)
