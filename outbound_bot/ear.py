"""Listen to the person called, and notice when they talk into what the bot is saying."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from domain.audio import Leg
from domain.call import EndReason
from domain.envelope import Envelope
from domain.events import (
    CallEnded,
    Event,
    KeyPressed,
    LegJoined,
    TranscriptFinalised,
    TranscriptRevised,
)
from domain.ids import CallId
from domain.ports import Clock, LiveCalls
from domain.transcript import TranscriptSegment
from outbound_bot.dialogue import Heard, HungUp, Key, Line, Silence, Words
from outbound_bot.settings import OutboundSettings

EAR_HEARS = (LegJoined, TranscriptRevised, TranscriptFinalised, KeyPressed, CallEnded)
LEG_CLOCK_TOLERANCE_MS = 500  # between our clock and a leg's own, which counts samples


class CallLost(Exception):
    """The call ended by a fault, not by the person; the reason says which."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Speaking:
    """A partial: the person is in the middle of a phrase."""


class Ear:
    """What one call hears. ``attend`` runs beside the conversation and feeds it; nothing here decides what to say."""

    def __init__(
        self,
        *,
        call_id: CallId,
        live_calls: LiveCalls,
        clock: Clock,
        settings: OutboundSettings,
        refuses: Callable[[str], bool],
    ) -> None:
        self._call_id = call_id
        self._live_calls = live_calls
        self._clock = clock
        self._settings = settings
        self._refuses = refuses
        self._inbox: asyncio.Queue[Heard | _Speaking] = asyncio.Queue(maxsize=64)
        self._joined = asyncio.Event()
        self._ended = asyncio.Event()
        self._lost: EndReason | None = None
        self._call_began_ms = 0
        self._voice_joined_ms = 0
        self._asked_at_ms = 0
        self._line: Line | None = None
        self._line_at_ms = 0
        self._interrupted = False

    async def attend(self, envelopes: AsyncIterator[Envelope]) -> None:
        """Take in this call's facts until it ends."""
        async for envelope in envelopes:
            if envelope.call_id == self._call_id:
                await self._take(envelope.event)
            if self._ended.is_set():
                return

    async def wait_for_sound(self) -> bool:
        """Whether the call's sound arrived in time."""
        try:
            async with asyncio.timeout(self._settings.wire_wait_ms / 1000):
                await self._joined.wait()
        except TimeoutError:
            return False
        return True

    async def wait_for_end(self) -> None:
        try:
            async with asyncio.timeout(self._settings.goodbye_wait_ms / 1000):
                await self._ended.wait()
        except TimeoutError:
            return  # the gateway will say so later; nothing waits for it here

    @property
    def voice_ms(self) -> int:
        """Now, on the clock of the leg that records our own voice."""
        return max(0, self._call_ms - self._voice_joined_ms)

    def asked(self) -> None:
        """A new question begins: what is in the air from before does not answer it."""
        self._asked_at_ms = self._call_ms
        for _ in range(self._inbox.qsize()):
            heard = self._inbox.get_nowait()
            if isinstance(heard, HungUp) or (
                isinstance(heard, Words) and self._refuses(heard.text)
            ):
                self._inbox.put_nowait(heard)

    def begin_line(self, line: Line) -> None:
        self._line = line
        self._line_at_ms = self._call_ms
        self._interrupted = False

    def end_line(self) -> bool:
        """Whether the line was talked into."""
        self._line = None
        return self._interrupted

    async def hear(self) -> Heard:
        """The next thing the person does, counted from now; pieces of one answer come joined.

        Raises CallLost when the call broke.
        """
        words: list[Words] = []
        wait_ms = self._settings.silence_ms
        try:
            async with asyncio.timeout(self._settings.turn_limit_ms / 1000):
                while True:
                    heard = await self._next(wait_ms)
                    if heard is None:
                        break
                    if isinstance(heard, _Speaking):
                        wait_ms = self._settings.words_wait_ms
                    elif isinstance(heard, Words):
                        words.append(heard)
                        wait_ms = self._settings.settle_ms
                    elif words and isinstance(heard, HungUp):
                        self._inbox.put_nowait(heard)  # the answer counts first, then the hang-up
                        break
                    else:
                        return heard
        except TimeoutError:
            pass  # somebody talks without end: take what there is
        return _joined(words) if words else Silence()

    async def _next(self, wait_ms: int) -> Heard | _Speaking | None:
        try:
            async with asyncio.timeout(wait_ms / 1000):
                heard = await self._inbox.get()
        except TimeoutError:
            return None
        if isinstance(heard, HungUp) and self._lost is not None:
            raise CallLost(self._lost)
        return heard

    @property
    def _call_ms(self) -> int:
        return self._clock.monotonic_ms() - self._call_began_ms

    async def _take(self, event: Event) -> None:
        if isinstance(event, LegJoined):
            self._note_leg(event)
        elif isinstance(event, TranscriptRevised):
            await self._take_partial(event.segment)
        elif isinstance(event, TranscriptFinalised):
            await self._take_final(event.segment)
        elif isinstance(event, KeyPressed) and event.leg is not Leg.BOT:
            await self._take_key(event.key)
        elif isinstance(event, CallEnded):
            await self._take_end(event.reason)

    def _note_leg(self, event: LegJoined) -> None:
        if event.leg is Leg.BOT:
            self._voice_joined_ms = event.joined_at_ms
        elif not self._joined.is_set():
            self._call_began_ms = self._clock.monotonic_ms() - event.joined_at_ms
            self._joined.set()

    async def _take_partial(self, segment: TranscriptSegment) -> None:
        if segment.leg is Leg.BOT or not self._answers(segment):
            return
        if self._line is None:
            await self._inbox.put(_Speaking())
        elif self._talks_into_line(segment):
            await self._interrupt()

    async def _take_final(self, segment: TranscriptSegment) -> None:
        if segment.leg is Leg.BOT or not segment.text.strip():
            return
        if self._refuses(segment.text) or (self._answers(segment) and self._counts_now(segment)):
            await self._hear_words(segment)

    async def _hear_words(self, segment: TranscriptSegment) -> None:
        await self._interrupt()
        await self._inbox.put(Words(text=segment.text, segment_id=segment.segment_id))

    async def _take_key(self, key: str) -> None:
        if self._line is None or self._line.interruptible:
            await self._interrupt()
            await self._inbox.put(Key(key=key))

    async def _take_end(self, reason: EndReason) -> None:
        self._ended.set()
        self._joined.set()
        if reason not in (EndReason.HUNG_UP, EndReason.WE_HUNG_UP):
            self._lost = reason
        await self._inbox.put(HungUp())

    def _answers(self, segment: TranscriptSegment) -> bool:
        """Said after the question was begun; a late final of an earlier answer is not an answer to this one."""
        return segment.start_ms >= self._asked_at_ms - LEG_CLOCK_TOLERANCE_MS

    def _counts_now(self, segment: TranscriptSegment) -> bool:
        """During a line, only enough words count; what began before it (a slow recogniser) counts in any length."""
        if self._line is None:
            return True
        began_before = segment.start_ms < self._line_at_ms - LEG_CLOCK_TOLERANCE_MS
        return self._line.interruptible and (began_before or self._talks_into_line(segment))

    def _talks_into_line(self, segment: TranscriptSegment) -> bool:
        enough = _word_count(segment.text) >= self._settings.barge_in_min_words
        return self._line is not None and self._line.interruptible and enough

    async def _interrupt(self) -> None:
        if self._line is not None and not self._interrupted:
            self._interrupted = True
            await self._live_calls.stop_playing(self._call_id)


def _joined(words: list[Words]) -> Words:
    """One answer said in pieces; it points at its longest piece."""
    longest = max(words, key=lambda piece: len(piece.text))
    return Words(text=" ".join(piece.text for piece in words), segment_id=longest.segment_id)


def _word_count(text: str) -> int:
    """A Chinese, Japanese or Korean character counts as a word."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" and char.isalnum() for char in text)
    narrow = "".join(" " if unicodedata.east_asian_width(char) in "WF" else char for char in text)
    return wide + sum(any(char.isalnum() for char in word) for word in narrow.split())
