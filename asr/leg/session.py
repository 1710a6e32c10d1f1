"""Follow one leg of a call and publish what was heard; never a danger to the call."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from bus.port import EventBus
from domain.audio import GapCause, Leg, Sound
from domain.errors import ContactCentreError, StorageError
from domain.events import (
    Event,
    LanguageGuessed,
    LegTranscribed,
    PassageMarked,
    RecordingGapMarked,
    TranscriptFinalised,
    TranscriptRevised,
)
from domain.ids import CallId
from domain.passage import PassageKind
from domain.ports import GapHeard, Heard, LanguageHeard, PassageHeard, SegmentHeard, SpeechToText

log = logging.getLogger(__name__)

LISTENER = "asr"  # whose gap it is, in RecordingGapMarked


class LegTranscriber:
    """A `LegListener` for every leg of every call; all state lives inside one ``listen``."""

    def __init__(self, *, recogniser: SpeechToText, bus: EventBus) -> None:
        self._recogniser = recogniser
        self._bus = bus

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        """Return when the leg is over; nothing but cancellation is raised.

        When recognition is lost, the rest of the leg is heard without it and marked as a gap, so that nobody
        takes a missing transcript for a silent caller.
        """
        told = _Told()
        is_lost = not await self._has_followed(call_id, leg, sound, told)
        await self._tell(
            LegTranscribed(
                call_id=call_id,
                leg=leg,
                speech_ms=told.speech_ms,
                unreadable_ms=told.unreadable_ms,
            )
        )
        if is_lost:
            await self._mark_rest(call_id, leg, sound, told.end_ms)

    async def _has_followed(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound], told: "_Told"
    ) -> bool:
        """Follow the leg to its end; False when something broke on the way."""
        where = {"call_id": call_id, "leg": leg}
        try:
            await self._follow(call_id, leg, sound, told)
        except ContactCentreError as failure:
            why = {"code": failure.code, "cause": failure.message}
            log.error("recognition of a leg was lost", extra=where | why)
            return False
        except Exception:
            log.exception("recognition of a leg was lost", extra=where)
            return False
        return True

    async def _follow(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound], told: "_Told"
    ) -> None:
        listening = self._recogniser.listen(call_id, leg, sound)
        async with aclosing(cast(AsyncGenerator[Heard, None], listening)) as everything:
            async for heard in everything:
                await self._bus.publish(_event(call_id, leg, heard))
                told.note(heard)

    async def _mark_rest(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound], since_ms: int
    ) -> None:
        end_ms = since_ms
        async for piece in sound:
            end_ms = piece.end_ms
        if end_ms > since_ms:
            await self._tell(
                RecordingGapMarked(
                    call_id=call_id,
                    leg=leg,
                    start_ms=since_ms,
                    end_ms=end_ms,
                    cause=GapCause.ENGINE,
                    listener=LISTENER,
                )
            )

    async def _tell(self, fact: Event) -> None:
        """Publish what must be said even when the corridor may be what broke."""
        try:
            await self._bus.publish(fact)
        except StorageError as failure:
            log.error(
                "a fact about a leg was not kept",
                extra={"call_id": fact.call_id, "code": failure.code},
            )


class _Told:
    """How far the leg has become words; ``end_ms`` is the end of its last final."""

    def __init__(self) -> None:
        self.speech_ms = 0
        self.unreadable_ms = 0
        self.end_ms = 0

    def note(self, heard: Heard) -> None:
        if isinstance(heard, PassageHeard) and heard.kind is PassageKind.UNREADABLE:
            self.unreadable_ms += heard.end_ms - heard.start_ms
        if isinstance(heard, SegmentHeard) and heard.segment.is_final:
            self.end_ms = heard.segment.end_ms
            if heard.segment.text:
                self.speech_ms += heard.segment.end_ms - heard.segment.start_ms


def _event(call_id: CallId, leg: Leg, heard: Heard) -> Event:
    if isinstance(heard, LanguageHeard):
        return LanguageGuessed(
            call_id=call_id, leg=leg, guess=heard.guess, decided_at_ms=heard.decided_at_ms
        )
    if isinstance(heard, GapHeard):
        return RecordingGapMarked(
            call_id=call_id,
            leg=leg,
            start_ms=heard.start_ms,
            end_ms=heard.end_ms,
            cause=GapCause(heard.cause),
            listener=LISTENER,
        )
    if isinstance(heard, PassageHeard):
        return PassageMarked(
            call_id=call_id,
            leg=leg,
            start_ms=heard.start_ms,
            end_ms=heard.end_ms,
            kind=heard.kind,
        )
    if heard.segment.is_final and heard.segment.text:
        return TranscriptFinalised(call_id=call_id, segment=heard.segment, stages=heard.stages)
    # An empty final takes back words that were shown and not believed: no fact, only the desk needs to know.
    return TranscriptRevised(call_id=call_id, segment=heard.segment)
