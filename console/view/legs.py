"""Fold facts into the sides of a call: who joined, what is missing, where the recording is."""

from collections.abc import Iterable

from console.shapes import Gap, Key, LegShape
from domain.audio import Leg
from domain.call import EndReason
from domain.events import (
    CallEnded,
    Event,
    KeyPressed,
    LegJoined,
    LegRecorded,
    LegTranscribed,
    RecordingGapMarked,
)
from domain.ids import CallId

LEG_KINDS = (LegJoined, RecordingGapMarked, LegRecorded, LegTranscribed)


def recording_url(call_id: CallId, leg: str) -> str:
    return f"/api/calls/{call_id}/recordings/{leg}.wav"


def legs(events: Iterable[Event]) -> list[LegShape]:
    """In the order they joined."""
    known: dict[str, LegShape] = {}
    for event in events:
        if isinstance(event, LegJoined):
            known.setdefault(event.leg, _joined(event))
        elif isinstance(event, RecordingGapMarked) and event.leg in known:
            leg = known[event.leg]
            known[event.leg] = leg.model_copy(update={"gaps": [*leg.gaps, _gap(event)]})
        elif isinstance(event, LegRecorded) and event.leg in known:
            kept = {
                "duration_ms": event.duration_ms,
                "recording": recording_url(event.call_id, event.leg),
            }
            known[event.leg] = known[event.leg].model_copy(update=kept)
        elif isinstance(event, LegTranscribed) and event.leg in known:
            known[event.leg] = known[event.leg].model_copy(update={"transcribed": True})
        elif isinstance(event, CallEnded) and event.reason is EndReason.FAILED:
            known = {name: _cut_off(leg, event.call_id) for name, leg in known.items()}
    return list(known.values())


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
        transcribed=event.leg is Leg.BOT,  # its words are known before they sound
    )


def _cut_off(leg: LegShape, call_id: CallId) -> LegShape:
    """Nobody was left to say that the leg was recorded, but the file is there and plays."""
    return leg.model_copy(update={"recording": leg.recording or recording_url(call_id, leg.leg)})


def _gap(event: RecordingGapMarked) -> Gap:
    return Gap(
        start_ms=event.start_ms, end_ms=event.end_ms, cause=event.cause, listener=event.listener
    )
