"""Fold facts into the sides of a call: who joined, what is missing, where the recording is."""

from collections.abc import Iterable

from console.shapes import Gap, Key, LegShape, PartyShape, Passage
from domain.audio import GapCause, Leg
from domain.call import EndReason
from domain.events import (
    CallEnded,
    Event,
    KeyPressed,
    LegHeld,
    LegJoined,
    LegLeft,
    LegRecorded,
    LegResumed,
    LegTranscribed,
    PartyNamed,
    PassageMarked,
    RecordingGapMarked,
)
from domain.ids import CallId

LEG_KINDS = (
    LegJoined,
    LegLeft,
    LegHeld,
    LegResumed,
    PartyNamed,
    RecordingGapMarked,
    PassageMarked,
    LegRecorded,
    LegTranscribed,
)


def recording_url(call_id: CallId, leg: str) -> str:
    return f"/api/calls/{call_id}/recordings/{leg}.wav"


def legs(events: Iterable[Event]) -> list[LegShape]:
    """In the order they joined."""
    known: dict[str, LegShape] = {}
    for event in events:
        if isinstance(event, LegJoined):
            known[event.leg] = _changed(known.get(event.leg, _joined(event)), presence="present")
        elif isinstance(event, LEG_KINDS) and event.leg in known:
            known[event.leg] = _followed(known[event.leg], event)
        elif isinstance(event, CallEnded) and event.reason is EndReason.FAILED:
            known = {name: _cut_off(leg, event.call_id) for name, leg in known.items()}
    return list(known.values())


def _followed(leg: LegShape, event: Event) -> LegShape:
    match event:
        case LegLeft():
            return _changed(leg, presence="left")
        case LegHeld(cause=cause):
            return _changed(leg, presence="paused" if cause is GapCause.PAUSED else "held")
        case LegResumed():
            return _changed(leg, presence="present")
        case PartyNamed():
            return _changed(leg, parties=[*leg.parties, _party(event)])
        case RecordingGapMarked():
            return _changed(leg, gaps=[*leg.gaps, _gap(event)])
        case PassageMarked():
            return _changed(leg, passages=[*leg.passages, _passage(event)])
        case LegRecorded():
            address = recording_url(event.call_id, event.leg)
            return _changed(leg, duration_ms=event.duration_ms, recording=address)
        case _:
            return _changed(leg, transcribed=True)


def _changed(leg: LegShape, **news: object) -> LegShape:
    return leg.model_copy(update=news)


def _party(event: PartyNamed) -> PartyShape:
    return PartyShape(name=event.party.name, number=event.party.number, since_ms=event.named_at_ms)


def keys(events: Iterable[Event]) -> list[Key]:
    return [key(event) for event in events if isinstance(event, KeyPressed)]


def key(event: KeyPressed) -> Key:
    return Key(leg=event.leg, key=event.key, pressed_at_ms=event.pressed_at_ms)


def _joined(event: LegJoined) -> LegShape:
    return LegShape(
        leg=event.leg,
        sample_rate_hz=event.sample_rate_hz,
        joined_at_ms=event.joined_at_ms,
        duration_ms=None,
        recording=None,
        gaps=[],
        passages=[],
        transcribed=event.leg is Leg.BOT,  # its words are known before they sound
        presence="present",
        parties=[],
    )


def _cut_off(leg: LegShape, call_id: CallId) -> LegShape:
    """Nobody was left to say that the leg was recorded, but the file is there and plays."""
    return leg.model_copy(update={"recording": leg.recording or recording_url(call_id, leg.leg)})


def _gap(event: RecordingGapMarked) -> Gap:
    return Gap(
        start_ms=event.start_ms, end_ms=event.end_ms, cause=event.cause, listener=event.listener
    )


def _passage(event: PassageMarked) -> Passage:
    return Passage(start_ms=event.start_ms, end_ms=event.end_ms, kind=event.kind)
