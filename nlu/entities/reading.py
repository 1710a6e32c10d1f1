"""Read every kind of entity in a segment, the most certain kind first."""

from collections.abc import Iterator
from datetime import date

from domain.transcript import TranscriptSegment
from domain.understanding import Entity
from nlu.entities.address import find_addresses
from nlu.entities.amount import find_amounts
from nlu.entities.id_number import find_id_numbers
from nlu.entities.mention import Mention
from nlu.entities.moment import find_moments
from nlu.entities.organisation import find_organisations
from nlu.entities.phone import find_phones


def find_mentions(text: str, *, today: date) -> tuple[Mention, ...]:
    """In the order they stand. Where two overlap the more certain kind wins: a checksum before a pattern."""
    kept: list[Mention] = []
    for mention in _by_certainty(text, today):
        if not any(mention.overlaps(other) for other in kept):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda mention: mention.start_char))


def find_entities(segment: TranscriptSegment, *, today: date) -> tuple[Entity, ...]:
    """``today`` is the caller's day when it was said; relative days are counted from it."""
    return tuple(
        Entity(
            kind=mention.kind,
            text=segment.text[mention.start_char : mention.end_char],
            value=mention.value,
            segment_id=segment.segment_id,
            start_char=mention.start_char,
            end_char=mention.end_char,
        )
        for mention in find_mentions(segment.text, today=today)
    )


def _by_certainty(text: str, today: date) -> Iterator[Mention]:
    yield from find_id_numbers(text)
    yield from find_phones(text)
    yield from find_amounts(text)
    yield from find_moments(text, today=today)
    yield from find_addresses(text)
    yield from find_organisations(text)
