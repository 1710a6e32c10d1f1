"""Hear what was finally said and publish what it means."""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from bus.port import EventBus, Start
from domain.audio import Leg
from domain.errors import EngineError
from domain.events import (
    CallEnded,
    CallStarted,
    Event,
    LegTranscribed,
    TranscriptFinalised,
    UtteranceUnderstood,
)
from domain.ids import CallId
from domain.transcript import TranscriptSegment
from nlu.entities import find_entities
from nlu.intents import NOTHING, Floors, Heard, IntentReader, weigh
from nlu.settings import NluSettings
from nlu.speech_acts import asks, is_noise
from nlu.urgency import UrgencySigns
from nlu.window import Window

log = logging.getLogger(__name__)

EMERGENCY = "emergency."  # the category whose matters are handed over to 110, 119 or 120
HEARD = (CallStarted, TranscriptFinalised, LegTranscribed, CallEnded)


@dataclass(frozen=True, slots=True)
class CallMemory:
    """What the caller said last, and the topic last named."""

    window: Window
    standing: str | None


class UnderstandingService:
    """Reads one utterance after the other, so that the order of a call's understandings is the order of its words.

    What it remembers of a call is its caller's window and matter. They go when the call has ended and its caller's words are
    all in, whichever comes last; ``remembered_calls`` bounds what a lost ending could leave behind.
    """

    def __init__(
        self,
        bus: EventBus,
        reader: IntentReader,
        urgency_signs: UrgencySigns,
        settings: NluSettings,
    ) -> None:
        self._bus = bus
        self._reader = reader
        self._urgency_signs = urgency_signs
        self._settings = settings
        self._floors = Floors(
            sure=settings.confidence_floor,
            plausible=settings.plausible_floor,
            idle=settings.idle_floor,
        )
        self._calls: OrderedDict[CallId, CallMemory] = OrderedDict()
        self._half_over: OrderedDict[CallId, type[Event]] = OrderedDict()
        self._surveys: OrderedDict[CallId, None] = OrderedDict()

    async def run(self) -> None:
        """Until cancelled."""
        async with self._bus.subscribe(*HEARD, name="nlu", start=Start.NOW) as heard:
            async for envelope in heard:
                event = envelope.event
                if isinstance(event, TranscriptFinalised):
                    await self._understand(event, envelope.occurred_at)
                elif isinstance(event, CallStarted):
                    self._begin(event)
                elif isinstance(event, CallEnded) or _is_callers_end(event):
                    self._forget(event)

    @property
    def remembered_calls(self) -> int:
        """How many calls are held in memory now."""
        return len(self._calls)

    async def _understand(self, said: TranscriptFinalised, said_at: datetime) -> None:
        segment = said.segment
        if segment.leg is Leg.BOT or not segment.text.strip():
            return
        by_caller = segment.leg is Leg.CALLER
        brings_a_matter = by_caller and said.call_id not in self._surveys
        heard = await self._heard(segment) if brings_a_matter else NOTHING
        await self._bus.publish(
            UtteranceUnderstood(
                call_id=said.call_id,
                segment=segment,
                intent=heard.intent,
                urgency=self._urgency_signs.read(segment.text) if by_caller else None,
                entities=find_entities(segment, today=self._day(said_at)),
                question=heard.question,
                heard_at_ms=None if said.stages is None else said.stages.speech_end_heard_ms,
            )
        )

    async def _heard(self, segment: TranscriptSegment) -> Heard:
        if is_noise(segment.text):
            return NOTHING
        known = self._calls.get(segment.call_id, CallMemory(Window(), None))
        window = self._widened(known.window, segment)
        try:
            readings = await self._reader.read(window.texts)
        except EngineError as lost:  # numbers and urgency are still worth telling
            log.warning("intent unread", extra={"call_id": segment.call_id, "error": lost.code})
            return NOTHING
        alone, *windows = zip(window.texts, readings, strict=True)
        heard = weigh(
            alone, windows, standing=known.standing, floors=self._floors, asks=asks(segment.text)
        )
        if _is_emergency(heard) and self._urgency_signs.denies_emergency(window.texts[-1]):
            return NOTHING
        if heard.carries_on:
            named = known.standing if heard.intent is None else heard.intent.topic_id
            self._remember(segment.call_id, CallMemory(window=window, standing=named))
        return heard

    def _widened(self, window: Window, segment: TranscriptSegment) -> Window:
        return window.with_segment(
            segment,
            utterances=self._settings.window_utterances,
            within_ms=self._settings.window_ms,
        )

    def _remember(self, call_id: CallId, memory: CallMemory) -> None:
        """Small talk is not remembered, so that it cannot push the matter out of the window."""
        self._calls[call_id] = memory
        self._calls.move_to_end(call_id)
        while len(self._calls) > self._settings.remembered_calls:
            self._calls.popitem(last=False)

    def _begin(self, started: CallStarted) -> None:
        """Who is surveyed answers our questions: "not solved" is an answer and no new matter."""
        if started.info.campaign_contact is not None:
            self._surveys[started.call_id] = None
            while len(self._surveys) > self._settings.remembered_calls:
                self._surveys.popitem(last=False)

    def _forget(self, ending: Event) -> None:
        call_id, kind = ending.call_id, type(ending)
        if self._half_over.pop(call_id, kind) is not kind:
            self._calls.pop(call_id, None)
            self._surveys.pop(call_id, None)
            return
        self._half_over[call_id] = kind
        while len(self._half_over) > self._settings.remembered_calls:
            self._half_over.popitem(last=False)

    def _day(self, said_at: datetime) -> date:
        here = timezone(timedelta(minutes=self._settings.utc_offset_minutes))
        return said_at.astimezone(here).date()


def _is_emergency(heard: Heard) -> bool:
    return heard.intent is not None and heard.intent.topic_id.startswith(EMERGENCY)


def _is_callers_end(event: Event) -> bool:
    return isinstance(event, LegTranscribed) and event.leg is Leg.CALLER
