"""Follow who takes part in a recorded call and who sends on which stream, document after document; pure.

A snapshot replaces, a partial update adds (RFC 7866 section 9.1.1, RFC 8068 for transfer, park and conference). What a
vendor leaves unsaid changes nothing: an association without ``<send>`` never silences a stream on which sound comes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from media_gateway.siprec.metadata import DataMode, Part, Participant, RecordedStream, Snapshot
from media_gateway.siprec.oddity import Oddity

T = TypeVar("T")
MOST_KEPT = 200  # people and streams of one session, those who left included


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What all documents so far add up to. ``senders`` maps a stream to those who send on it."""

    people: Mapping[str, Participant] = field(default_factory=lambda: MappingProxyType({}))
    streams: Mapping[str, RecordedStream] = field(default_factory=lambda: MappingProxyType({}))
    senders: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    gone: frozenset[str] = frozenset()
    calling: str | None = None
    called: str | None = None
    recorded_user: str | None = None
    references: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[Participant, ...]:
        """Those who are in the call now, in the order they were first named."""
        return tuple(person for own, person in self.people.items() if own not in self.gone)

    def after(self, snapshot: Snapshot) -> "Roster":
        """The roster once this document is known; a document that says nothing changes nothing."""
        if not snapshot.is_usable:
            return self
        if snapshot.mode is DataMode.COMPLETE:
            return _told(Roster(references=self.references), snapshot)
        return _told(self, snapshot)

    def stream_of(self, label: str | None) -> RecordedStream | None:
        if label is None:
            return None
        return next((stream for stream in self.streams.values() if stream.label == label), None)

    def speakers(self, stream_id: str) -> tuple[Participant, ...]:
        """Who is in the call and sends on this stream; several when it is mixed."""
        return tuple(
            self.people[person]
            for person in self.senders.get(stream_id, ())
            if person in self.people and person not in self.gone
        )

    @property
    def placed(self) -> frozenset[str]:
        """Those in the call who are known to send somewhere."""
        return frozenset(p.participant_id for own in self.senders for p in self.speakers(own))


def lost_step(roster: Roster, snapshot: Snapshot) -> bool:
    """Whether a partial update speaks of people we were never told of: time to ask for a full snapshot."""
    if snapshot.mode is DataMode.COMPLETE:
        return False
    known = set(roster.people) | {person.participant_id for person in snapshot.participants}
    named = {part.participant_id for part in snapshot.parts} | snapshot.joined
    return not named <= known


def oddities_of(roster: Roster, snapshot: Snapshot) -> tuple[Oddity, ...]:
    out_of_step = (Oddity.OUT_OF_STEP,) if lost_step(roster, snapshot) else ()
    return (*snapshot.oddities, *out_of_step)


def _told(roster: Roster, snapshot: Snapshot) -> Roster:
    people = dict(roster.people)
    for person in snapshot.participants:
        people[person.participant_id] = _merged(people.get(person.participant_id), person)
    back = snapshot.joined | {p.participant_id for p in snapshot.participants}
    return replace(
        roster,
        people=_kept(people),
        streams=_kept(dict(roster.streams) | {s.stream_id: s for s in snapshot.streams}),
        senders=_kept(_claimed(roster.senders, snapshot.parts)),
        gone=(roster.gone - back) | snapshot.left,
        calling=snapshot.calling or roster.calling,
        called=snapshot.called or roster.called,
        recorded_user=snapshot.recorded_user or roster.recorded_user,
        references=snapshot.references or roster.references,
    )


def _merged(before: Participant | None, now: Participant) -> Participant:
    """A partial update may repeat an id with less beside it."""
    if before is None:
        return now
    return replace(
        now,
        aor=now.aor or before.aor,
        name=now.name or before.name,
        is_calling=before.is_calling if now.is_calling is None else now.is_calling,
    )


def _claimed(
    before: Mapping[str, tuple[str, ...]], parts: Iterable[Part]
) -> dict[str, tuple[str, ...]]:
    """A participant's new association replaces their old one; others on the same stream stay (a mixed stream)."""
    senders = dict(before)
    renewed: set[str] = set()
    for part in parts:
        own = part.participant_id
        if part.has_stopped:
            _withdraw(senders, own, part.sends or tuple(senders))
            continue
        if part.sends is not None and own not in renewed:
            _withdraw(senders, own, tuple(senders))
            renewed.add(own)
        for stream in part.sends or ():
            senders[stream] = (*_without(senders.get(stream, ()), own), own)
    return senders


def _withdraw(senders: dict[str, tuple[str, ...]], own: str, streams: Iterable[str]) -> None:
    for stream in streams:
        senders[stream] = _without(senders.get(stream, ()), own)


def _without(people: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(person for person in people if person != one)


def _kept(found: dict[str, T]) -> Mapping[str, T]:
    newest = list(found.items())[-MOST_KEPT:]
    return MappingProxyType(dict(newest))
