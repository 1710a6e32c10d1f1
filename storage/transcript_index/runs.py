"""Cut a folded text into runs: stretches of one kind of writing."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby


class Writing(Enum):
    """How words are found in it."""

    HAN = auto()  # no spaces: words by dictionary, parts by pairs of characters
    SYLLABIC = auto()  # kana and Hangul: endings stick to words, so parts by pairs as well
    SPACED = auto()  # letters and digits: a run is a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of one writing; ``start`` counts in the folded text."""

    writing: Writing
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def runs(text: str) -> Iterator[Run]:
    """Every run of letters and digits; spaces and signs only separate."""
    for writing, characters in groupby(enumerate(text), key=lambda at: _writing(at[1])):
        if writing is not None:
            stretch = list(characters)
            yield Run(writing=writing, text="".join(c for _, c in stretch), start=stretch[0][0])


def _writing(character: str) -> Writing | None:
    if character.isascii():
        return Writing.SPACED if character.isalnum() else None
    if unicodedata.category(character)[0] not in "LN":
        return None
    name = unicodedata.name(character, "")
    if name.startswith("CJK UNIFIED") or character in "〇々":
        return Writing.HAN
    return (
        Writing.SYLLABIC if name.startswith(("HIRAGANA", "KATAKANA", "HANGUL")) else Writing.SPACED
    )
