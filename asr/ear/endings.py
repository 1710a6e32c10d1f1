"""Tell from the last words whether somebody has finished or will go on."""

import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

_LONGEST_NUMBER = 11  # a mobile number is complete; more digits rarely follow


class Ending(StrEnum):
    """What the last words promise."""

    COMPLETE = "complete"
    GOES_ON = "goes_on"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """Which last words end a turn and which hold it; one list for all languages, since words rarely collide."""

    complete_marks: frozenset[str]
    complete: frozenset[str]
    open_marks: frozenset[str]
    open: frozenset[str]

    def of(self, text: str) -> Ending:
        """Judge a reading of everything said up to a pause."""
        said = text.casefold().strip()
        words = _without_marks(said)
        if not words:
            return Ending.UNTOLD
        if _digits_at_end(words):
            return Ending.GOES_ON if _digits_at_end(words) < _LONGEST_NUMBER else Ending.UNTOLD
        if said[-1] in self.open_marks or _ends_in(words, self.open):
            return Ending.GOES_ON
        if said[-1] in self.complete_marks or _ends_in(words, self.complete):
            return Ending.COMPLETE
        return Ending.UNTOLD


@cache
def read_endings() -> Endings:
    """The lists of ``endings.toml``, read once."""
    table = tomllib.loads(files("asr.ear").joinpath("endings.toml").read_text(encoding="utf-8"))
    complete, unfinished = table["complete"], table["open"]
    return Endings(
        complete_marks=frozenset(complete.pop("marks")),
        complete=_all(complete.values()),
        open_marks=frozenset(unfinished.pop("marks")),
        open=_all(unfinished.values()),
    )


def _all(lists: Iterable[list[str]]) -> frozenset[str]:
    return frozenset(word for words in lists for word in words)


def _without_marks(text: str) -> str:
    while text and unicodedata.category(text[-1])[0] in "PZ":
        text = text[:-1]
    return text


def _digits_at_end(words: str) -> int:
    """How many digits the line ends in, whatever stands between them."""
    count = 0
    for letter in reversed(words):
        if letter.isdecimal():
            count += 1
        elif letter not in " -.":
            break
    return count


def _ends_in(words: str, endings: frozenset[str]) -> bool:
    """Scripts without spaces end in the letters themselves, others in the whole word."""
    if words.split()[-1] in endings:
        return True
    return any(words.endswith(word) for word in endings if _is_unspaced(word[0]))


def _is_unspaced(letter: str) -> bool:
    return "぀" <= letter <= "鿿" or "가" <= letter <= "힣"
