"""Find resident ID numbers by their checksum (GB 11643)."""

import re
from collections.abc import Iterator
from datetime import date

from domain.understanding import EntityKind
from nlu.entities.mention import Mention
from nlu.entities.numerals import candidates, digit_chunks

_SHAPE = re.compile(r"[1-9]\d{16}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def find_id_numbers(text: str) -> Iterator[Mention]:
    """Eighteen digits, the last may be X; only those whose birthday and checksum are right."""
    for run in digit_chunks(text):
        said = next((c for c in candidates(run) if is_resident_id(c.digits)), None)
        if said is not None:
            yield Mention(
                kind=EntityKind.ID_NUMBER,
                value=said.digits,
                start_char=said.start_char,
                end_char=said.end_char,
            )


def is_resident_id(number: str) -> bool:
    if _SHAPE.fullmatch(number) is None or not _is_birthday(number[6:14]):
        return False
    weighted = sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False))
    return _CHECK[weighted % 11] == number[17]


def _is_birthday(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= 1900
