"""Hide telephone and ID numbers in a text before it leaves the house in a log or an export."""

from collections.abc import Iterator

from nlu.entities.id_number import find_id_numbers
from nlu.entities.mention import Mention
from nlu.entities.numerals import Digits, digit_chunks
from nlu.entities.phone import find_phones

KEPT_AT_START = 3
KEPT_AT_END = 2
LONG_RUN = 7  # shorter runs name buses and rooms; longer ones may be half a number, misheard or split over turns
MASK = "*"


def mask_personal_data(text: str) -> str:
    """Every digit of a phone or ID number but the first three and the last two becomes ``*``.

    Nothing moves: the result is as long as the text, so places found in one are places in the other. Digits are
    counted as said, in figures or in words; a wrong checksum does not make a long number less personal.
    """
    characters = list(text)
    for start, end in _numbers(text):
        for place in _hidden(text, start, end):
            characters[place] = MASK
    return "".join(characters)


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    mentions: tuple[Mention, ...] = (*find_id_numbers(text), *find_phones(text))
    yield from ((mention.start_char, mention.end_char) for mention in mentions)
    for run in digit_chunks(text):
        if sum(len(group.digits) for group in run) >= LONG_RUN:
            yield run[0].start_char, run[-1].end_char


def _hidden(text: str, start: int, end: int) -> Iterator[int]:
    said = [
        place
        for run in digit_chunks(text[start:end])
        for group in run
        for place in _places(group, start)
    ]
    for place in said[KEPT_AT_START : max(KEPT_AT_START, len(said) - KEPT_AT_END)]:
        yield from place


def _places(group: Digits, offset: int) -> Iterator[range]:
    """One place a digit; a word like "double zero" is one place."""
    start, end = group.start_char + offset, group.end_char + offset
    if end - start == len(group.digits):
        yield from (range(place, place + 1) for place in range(start, end))
    else:
        yield range(start, end)
