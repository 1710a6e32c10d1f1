"""Be the people on the contact list, their telephones and the line to them, without any sound."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from bus.port import EventBus
from domain.audio import Leg, Speech
from domain.call import CallInfo, Direction, EndReason
from domain.errors import EngineError, NotFound, Refused
from domain.events import CallEnded, CallStarted, Event, KeyPressed, LegJoined, TranscriptFinalised
from domain.ids import CallId, SegmentId
from domain.language import ZH
from domain.ports import Clock
from domain.transcript import TranscriptSegment
from tests.fakes.clock import FakeClock
from tests.fakes.voice import FakeVoice

HANG_UP = "<hangs up>"
VANISH = "<the line breaks>"
SILENCE = "<says nothing>"
BUSY = "<busy>"
NO_ANSWER = "<no answer>"
LINE_DOWN = "<line down>"
KEY = "<key> "


class CalledPeople:
    """A LineProvider and LiveCalls in one: whoever is called reacts to each question with the next reply of theirs.

    A reply is what they say, ``KEY + "1"``, or one of the constants. ``run`` must be running while they are called.
    ``dialled`` lists every number in the order of the calls.
    """

    def __init__(
        self,
        *,
        bus: EventBus,
        voice: FakeVoice,
        replies: Mapping[str, Sequence[str]],
        on_dial: Callable[[str], None] = lambda number: None,
        play_s: float = 0,
        clock: Clock | None = None,
    ) -> None:
        self._bus = bus
        self._voice = voice
        self._replies = {number: list(each) for number, each in replies.items()}
        self._on_dial = on_dial
        self._play_s = play_s
        self._clock = clock or FakeClock()
        self._began_ms: dict[CallId, int] = {}
        self._numbers: dict[CallId, str] = {}
        self._ended: set[CallId] = set()
        self._expected: set[CallId] = set()
        self._reactions: asyncio.Queue[tuple[CallId, str]] = asyncio.Queue(maxsize=100)
        self._segments = 0
        self.dialled: list[str] = []
        self.told: dict[str, list[str]] = defaultdict(list)
        self.stopped = 0
        self.talking = 0
        self.most_talking = 0

    async def run(self) -> None:
        while True:
            call_id, reply = await self._reactions.get()
            if call_id not in self._ended:
                await self._react(call_id, reply)

    async def place_call(self, call_id: CallId, number: str, *, campaign_contact: str) -> None:
        reply = self._replies[number][0] if self._replies[number] else SILENCE
        if reply in (BUSY, NO_ANSWER, LINE_DOWN):
            self._replies[number].pop(0)
        if reply == LINE_DOWN:
            raise EngineError("line.down", "the line is down", retryable=True)
        self._on_dial(number)
        self.dialled.append(number)
        if reply in (BUSY, NO_ANSWER):
            raise Refused("line.busy" if reply == BUSY else "line.no_answer", "not reached")
        self._numbers[call_id] = number
        self._began_ms[call_id] = self._clock.monotonic_ms()
        self.talking += 1
        self.most_talking = max(self.most_talking, self.talking)
        info = CallInfo(
            call_id=call_id,
            direction=Direction.OUTBOUND,
            wire="fake",
            campaign_contact=campaign_contact,
        )
        await self._bus.publish(CallStarted(call_id=call_id, info=info))
        await self._bus.publish(
            LegJoined(call_id=call_id, leg=Leg.CALLER, sample_rate_hz=8_000, joined_at_ms=0)
        )

    def expect(self, call_id: CallId) -> None:
        self._expected.add(call_id)

    async def play(self, call_id: CallId, speech: Speech) -> None:
        self._check_alive(call_id)
        text = self._voice.text_of(speech)
        number = self._numbers[call_id]
        self.told[number].append(text)
        await asyncio.sleep(self._play_s)
        self._check_alive(call_id)
        if text.endswith(("?", "?")) and self._replies[number]:
            self._reactions.put_nowait((call_id, self._replies[number].pop(0)))

    async def stop_playing(self, call_id: CallId) -> None:
        self.stopped += 1

    async def hang_up(self, call_id: CallId) -> None:
        self._check_alive(call_id)
        await self._end(call_id, EndReason.WE_HUNG_UP)

    async def say(self, call_id: CallId, text: str, *, leg: Leg = Leg.CALLER) -> None:
        self._segments += 1
        now_ms = self._clock.monotonic_ms() - self._began_ms[call_id]
        segment = TranscriptSegment(
            call_id=call_id,
            leg=leg,
            segment_id=SegmentId(f"{call_id}-{self._segments}"),
            revision=1,
            is_final=True,
            start_ms=now_ms,
            end_ms=now_ms + 500,
            text=text,
            language=ZH,
            engine="fake",
        )
        await self._bus.publish(TranscriptFinalised(call_id=call_id, segment=segment))

    async def _react(self, call_id: CallId, reply: str) -> None:
        if reply == HANG_UP:
            await self._end(call_id, EndReason.HUNG_UP)
        elif reply == VANISH:
            await self._end(call_id, EndReason.VANISHED)
        elif reply.startswith(KEY):
            await self._publish(
                KeyPressed(
                    call_id=call_id, leg=Leg.CALLER, key=reply.removeprefix(KEY), pressed_at_ms=0
                )
            )
        elif reply != SILENCE:
            await self.say(call_id, reply)

    async def _publish(self, event: Event) -> None:
        await self._bus.publish(event)

    async def _end(self, call_id: CallId, reason: EndReason) -> None:
        self._ended.add(call_id)
        self.talking -= 1
        await self._publish(CallEnded(call_id=call_id, reason=reason, duration_ms=1000))

    def _check_alive(self, call_id: CallId) -> None:
        if call_id in self._ended or call_id not in self._expected:
            raise NotFound("media_gateway.call_ended", f"call {call_id} has ended")
