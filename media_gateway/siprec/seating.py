"""Seat people on the streams of an offer; pure.

First who the metadata says sends there; else who sat there before, if still in the call; else, in the m-lines' order,
those of whom no stream is known. A seat whose people left without a successor is empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from media_gateway.siprec.metadata import Participant, RecordedStream
from media_gateway.siprec.oddity import Oddity
from media_gateway.siprec.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One m-line and who speaks on it. ``people`` keeps the last ones when ``is_empty``, so that their words stay theirs."""

    label: str | None
    people: tuple[Participant, ...] = ()
    is_empty: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(person.participant_id for person in self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """All seats, in the m-lines' order, and what was odd about finding them."""

    seats: tuple[Seat, ...] = ()
    oddities: tuple[Oddity, ...] = ()


def seat(roster: Roster, labels: Sequence[str | None], before: Sequence[Seat] = ()) -> Seating:
    """One seat for each label, in order."""
    streams, oddities = _matched(roster, labels)
    settled: list[tuple[Participant, ...]] = [
        roster.speakers(stream.stream_id) if stream is not None else () for stream in streams
    ]
    waiting = [
        p
        for p in roster.present
        if not _is_in(p, settled) and p.participant_id not in roster.placed
    ]
    _keep_places(settled, before, waiting)
    _fill(settled, waiting)
    seats = tuple(
        _seat(label, people, before[place] if place < len(before) else None)
        for place, (label, people) in enumerate(zip(labels, settled, strict=True))
    )
    oddities += [Oddity.UNKNOWN_PARTY for chair in seats if not chair.people]
    oddities += [Oddity.MIXED for chair in seats if len(chair.people) > 1]
    return Seating(seats=seats, oddities=tuple(dict.fromkeys(oddities)))


def _matched(
    roster: Roster, labels: Sequence[str | None]
) -> tuple[list[RecordedStream | None], list[Oddity]]:
    """The stream of each m-line: by label, else by order among the streams that no label found."""
    oddities = [Oddity.NO_LABEL for label in labels if label is None]
    named = [label for label in labels if label is not None]
    if len(set(named)) < len(named):
        oddities.append(Oddity.SAME_LABEL)
    unique = [label if label is not None and named.count(label) == 1 else None for label in labels]
    streams = [roster.stream_of(label) for label in unique]
    taken = {stream.stream_id for stream in streams if stream is not None}
    free = [stream for stream in roster.streams.values() if stream.stream_id not in taken]
    for place, label in enumerate(labels):
        if streams[place] is None and roster.streams:
            oddities += [Oddity.UNKNOWN_LABEL] if label is not None else []
            streams[place] = free.pop(0) if free else None
    return streams, oddities


def _keep_places(
    settled: list[tuple[Participant, ...]], before: Sequence[Seat], waiting: list[Participant]
) -> None:
    for place, people in enumerate(settled):
        if people or place >= len(before):
            continue
        stayed = tuple(p for p in waiting if p.participant_id in before[place].ids)
        settled[place] = stayed
        for person in stayed:
            waiting.remove(person)


def _fill(settled: list[tuple[Participant, ...]], waiting: list[Participant]) -> None:
    """Those whose stream is unknown take the free seats in order; on a single stream all of them speak."""
    if len(settled) == 1 and not settled[0]:
        settled[0] = tuple(waiting)
        return
    for place, people in enumerate(settled):
        if not people and waiting:
            settled[place] = (waiting.pop(0),)


def _seat(label: str | None, people: tuple[Participant, ...], before: Seat | None) -> Seat:
    if people:
        return Seat(label=label, people=people)
    if before is not None and before.people:
        return Seat(label=label, people=before.people, is_empty=True)
    return Seat(label=label)


def _is_in(person: Participant, settled: Sequence[tuple[Participant, ...]]) -> bool:
    return any(person in people for people in settled)
