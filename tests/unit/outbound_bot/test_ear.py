"""The bot stops for somebody who speaks up, and not for a cough or an echo of the last answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.audio import Leg
from domain.call import EndReason
from domain.events import (
    CallEnded,
    KeyPressed,
    LegJoined,
    TranscriptFinalised,
    TranscriptRevised,
)
from domain.ids import CallId, SegmentId
from domain.language import ZH
from domain.transcript import TranscriptSegment
from outbound_bot.dialogue import HungUp, Key, Line, Silence, Words
from outbound_bot.ear import EAR_HEARS, CallLost, Ear
from outbound_bot.settings import OutboundSettings
from tests.fakes.bus import FakeBus
from tests.fakes.called_people import CalledPeople
from tests.fakes.clock import FakeClock
from tests.fakes.voice import FakeVoice

CALL = CallId("call-1")
SETTINGS = OutboundSettings(
    silence_ms=30, settle_ms=15, words_wait_ms=60, wire_wait_ms=30, turn_limit_ms=200
)
QUESTION = Line(text="您反映的问题解决了吗?", interruptible=True)
DISCLOSURE = Line(text="我是人工智能语音助手。", interruptible=False)


class Listening:
    """An ear on one call, and the means to make noises into it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.bus = FakeBus(clock=self.clock)
        self.people = CalledPeople(bus=self.bus, voice=FakeVoice(), replies={}, clock=self.clock)
        self.ear = Ear(
            call_id=CALL,
            live_calls=self.people,
            clock=self.clock,
            settings=SETTINGS,
            refuses=lambda text: "别打" in text,
        )

    async def join(self, leg: Leg = Leg.CALLER, at_ms: int = 0) -> None:
        await self.bus.publish(
            LegJoined(call_id=CALL, leg=leg, sample_rate_hz=8_000, joined_at_ms=at_ms)
        )
        await self.settle()

    async def partial(self, text: str, *, start_ms: int | None = None) -> None:
        await self.bus.publish(
            TranscriptRevised(call_id=CALL, segment=self._segment(text, start_ms, is_final=False))
        )
        await self.settle()

    async def final(
        self,
        text: str,
        *,
        start_ms: int | None = None,
        call_id: CallId = CALL,
        leg: Leg = Leg.CALLER,
    ) -> None:
        segment = self._segment(text, start_ms, is_final=True, leg=leg)
        await self.bus.publish(TranscriptFinalised(call_id=call_id, segment=segment))
        await self.settle()

    async def press(self, key: str) -> None:
        await self.bus.publish(KeyPressed(call_id=CALL, leg=Leg.CALLER, key=key, pressed_at_ms=0))
        await self.settle()

    async def end(self, reason: EndReason) -> None:
        await self.bus.publish(CallEnded(call_id=CALL, reason=reason, duration_ms=1))
        await self.settle()

    async def settle(self) -> None:
        """Let the ear take in what was published."""
        for _ in range(20):
            await asyncio.sleep(0)

    def _segment(
        self, text: str, start_ms: int | None, *, is_final: bool, leg: Leg = Leg.CALLER
    ) -> TranscriptSegment:
        begins = self.clock.monotonic_ms() if start_ms is None else start_ms
        return TranscriptSegment(
            call_id=CALL,
            leg=leg,
            segment_id=SegmentId(f"s-{text}"),
            revision=1,
            is_final=is_final,
            start_ms=begins,
            end_ms=begins + 400,
            text=text,
            language=ZH,
            engine="fake",
        )


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    house = Listening()
    async with (
        house.bus.subscribe(*EAR_HEARS, name=None) as envelopes,
        asyncio.TaskGroup() as tasks,
    ):
        attending = tasks.create_task(house.ear.attend(envelopes))
        await house.join()
        yield house
        attending.cancel()


async def test_words_after_the_question_are_heard() -> None:
    async with listening() as house:
        await house.final("解决了")

        assert await house.ear.hear() == Words(text="解决了", segment_id=SegmentId("s-解决了"))


async def test_an_answer_said_in_pieces_is_heard_as_one() -> None:
    async with listening() as house:
        await house.final("嗯")
        await house.final("还没有解决")

        assert await house.ear.hear() == Words(
            text="嗯 还没有解决", segment_id=SegmentId("s-还没有解决")
        )


async def test_nothing_at_all_is_silence() -> None:
    async with listening() as house:
        assert await house.ear.hear() == Silence()


async def test_somebody_in_the_middle_of_a_phrase_is_waited_for() -> None:
    async with listening() as house:
        await house.partial("我想")

        async with asyncio.TaskGroup() as tasks:
            hearing = tasks.create_task(house.ear.hear())
            await asyncio.sleep(SETTINGS.silence_ms * 1.3 / 1000)
            await house.final("我想是解决了")

        assert hearing.result() == Words(
            text="我想是解决了", segment_id=SegmentId("s-我想是解决了")
        )


async def test_speaking_up_stops_a_question() -> None:
    async with listening() as house:
        house.ear.begin_line(QUESTION)
        await house.partial("已经解决")

        assert house.people.stopped == 1
        assert house.ear.end_line() is True


async def test_a_short_sound_stops_nothing() -> None:
    async with listening() as house:
        house.ear.begin_line(QUESTION)
        await house.partial("嗯")
        await house.final("嗯")

        assert house.people.stopped == 0
        assert house.ear.end_line() is False
        assert await house.ear.hear() == Silence()


async def test_the_disclosure_is_heard_out() -> None:
    async with listening() as house:
        house.ear.begin_line(DISCLOSURE)
        await house.partial("你是谁啊你")
        await house.final("你是谁啊你")

        assert house.people.stopped == 0
        assert house.ear.end_line() is False


async def test_a_refusal_is_heard_even_during_the_disclosure() -> None:
    async with listening() as house:
        house.ear.begin_line(DISCLOSURE)
        await house.final("别打了")

        assert house.people.stopped == 1
        assert isinstance(await house.ear.hear(), Words)


async def test_a_late_final_of_the_last_answer_does_not_answer_the_next_question() -> None:
    async with listening() as house:
        house.clock.advance(20_000)
        house.ear.asked()
        house.ear.begin_line(QUESTION)
        await house.final("是的联系过我了", start_ms=15_000)

        assert house.people.stopped == 0


async def test_a_slow_recogniser_may_bring_a_short_answer_during_the_reminder() -> None:
    async with listening() as house:
        house.ear.asked()
        house.clock.advance(9_000)
        house.ear.begin_line(Line(text="请问您还在听吗?", interruptible=True))
        await house.final("对", start_ms=3_000)

        assert house.people.stopped == 1
        assert await house.ear.hear() == Words(text="对", segment_id=SegmentId("s-对"))


async def test_a_key_stops_a_question_and_is_the_answer() -> None:
    async with listening() as house:
        house.ear.begin_line(QUESTION)
        await house.press("1")

        assert house.people.stopped == 1
        assert await house.ear.hear() == Key(key="1")


async def test_a_hang_up_is_heard() -> None:
    async with listening() as house:
        await house.end(EndReason.HUNG_UP)

        assert await house.ear.hear() == HungUp()


async def test_an_answer_given_before_hanging_up_still_counts() -> None:
    async with listening() as house:
        await house.final("解决了")
        await house.end(EndReason.HUNG_UP)

        assert isinstance(await house.ear.hear(), Words)
        assert await house.ear.hear() == HungUp()


@pytest.mark.parametrize("reason", [EndReason.VANISHED, EndReason.STALLED, EndReason.FAILED])
async def test_a_broken_call_is_not_a_hang_up(reason: EndReason) -> None:
    async with listening() as house:
        await house.end(reason)

        with pytest.raises(CallLost):
            await house.ear.hear()


async def test_other_calls_and_the_bots_own_voice_are_not_heard() -> None:
    async with listening() as house:
        await house.final("解决了", call_id=CallId("call-2"))
        await house.final("请问解决了吗", leg=Leg.BOT)

        assert await house.ear.hear() == Silence()


async def test_a_call_whose_sound_never_comes_is_not_waited_for_for_ever() -> None:
    house = Listening()

    assert await house.ear.wait_for_sound() is False


async def test_our_own_voice_is_timed_on_the_leg_that_records_it() -> None:
    async with listening() as house:
        await house.join(Leg.BOT, at_ms=1_500)
        house.clock.advance(4_000)

        assert house.ear.voice_ms == 2_500
