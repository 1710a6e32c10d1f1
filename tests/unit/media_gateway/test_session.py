"""One call's life: facts in order, an end with a reason, and nobody's trouble becomes the call's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest

from domain.audio import GapCause, Leg, Sound, Speech
from domain.call import CallInfo, Direction, EndReason
from domain.envelope import Envelope
from domain.errors import InputError, NotFound, StorageError
from domain.events import (
    CallEnded,
    CallStarted,
    Event,
    KeyPressed,
    LegJoined,
    LegRecorded,
    RecordingGapMarked,
)
from domain.ids import CallId
from domain.ports import LegListener
from media_gateway.ending import Ending
from media_gateway.equipment import Equipment
from media_gateway.line import Line
from media_gateway.offer import CallOffer
from media_gateway.session import CallSession
from media_gateway.settings import GatewaySettings
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.far_side import FakeFarSide
from tests.fakes.gateway import KeepingListener
from tests.fakes.recording_store import MemoryRecordings

CALL = CallId("call")
HUNG_UP = Ending(reason=EndReason.HUNG_UP)
SECOND = bytes(16_000)


class Stage:
    """A session with everything around it faked; ``live`` runs it with a scripted wire."""

    def __init__(
        self,
        *,
        legs: tuple[Leg, ...] = (Leg.CALLER,),
        listeners: Mapping[str, LegListener] | None = None,
        bus: FakeBus | None = None,
        bot_speaks: bool = False,
        **limits: int,
    ) -> None:
        self.clock = FakeClock()
        self.bus = bus or FakeBus(clock=self.clock)
        self.disk = MemoryRecordings()
        self.far_side = FakeFarSide()
        self.kit = Equipment(
            bus=self.bus,
            recordings=self.disk,
            listeners=listeners or {},
            clock=self.clock,
            settings=GatewaySettings(**limits),
        )
        self.session = CallSession(
            info=CallInfo(call_id=CALL, direction=Direction.INBOUND, wire="fake"),
            equipment=self.kit,
        )
        self.offer = CallOffer(sample_rate_hz=8_000, legs=legs)
        self.bot_speaks = bot_speaks

    async def live(self, script: Callable[[Line], Awaitable[Ending]]) -> None:
        async with asyncio.timeout(5):
            await self.session.run(self.offer, self.far_side, script, bot_speaks=self.bot_speaks)

    @property
    def said(self) -> list[str]:
        return [type(event).__name__ for event in self.bus.said]

    @property
    def ended(self) -> CallEnded:
        return self.bus.of(CallEnded)[0]

    def kept(self, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(CALL, leg)])


async def a_short_call(call: Line) -> Ending:
    call.hear(SECOND)
    return HUNG_UP


async def test_a_call_is_told_from_its_beginning_to_its_end_in_order() -> None:
    stage = Stage(legs=(Leg.CALLER, Leg.AGENT))

    await stage.live(a_short_call)

    assert stage.said == [
        "CallStarted",
        "LegJoined",
        "LegJoined",
        "LegRecorded",
        "LegRecorded",
        "CallEnded",
    ]
    assert [joined.leg for joined in stage.bus.of(LegJoined)] == [Leg.CALLER, Leg.AGENT]
    assert stage.ended.reason is EndReason.HUNG_UP
    assert stage.ended.duration_ms == 500
    assert stage.far_side.endings == [HUNG_UP]


async def test_the_listener_and_the_file_get_the_same_samples_each_leg_its_own() -> None:
    listener = KeepingListener()
    stage = Stage(legs=(Leg.CALLER, Leg.AGENT), listeners={"asr": listener})

    async def script(call: Line) -> Ending:
        call.hear(b"\1\0\2\0" * 12_345)
        return HUNG_UP

    await stage.live(script)

    assert stage.kept(Leg.CALLER) == b"\1\0" * 12_345
    assert stage.kept(Leg.AGENT) == b"\2\0" * 12_345
    assert listener.heard[CALL, Leg.CALLER].pcm == b"\1\0" * 12_345
    assert listener.heard[CALL, Leg.AGENT].pcm == b"\2\0" * 12_345


async def test_keys_are_told_with_the_time_of_the_sound_around_them() -> None:
    stage = Stage()

    async def script(call: Line) -> Ending:
        call.hear(SECOND)
        call.press("5")
        return HUNG_UP

    await stage.live(script)

    assert stage.bus.of(KeyPressed) == [
        KeyPressed(call_id=CALL, leg=Leg.CALLER, key="5", pressed_at_ms=1_000)
    ]


async def test_sound_that_came_before_the_call_was_logged_is_heard_from_its_first_sample() -> None:
    listener = KeepingListener()
    bus = HeldBus()
    stage = Stage(listeners={"asr": listener}, bus=bus)

    async def script(call: Line) -> Ending:
        call.hear(SECOND)
        assert listener.heard == {}
        bus.may_publish.set()
        return HUNG_UP

    await stage.live(script)

    assert listener.heard[CALL, Leg.CALLER].pcm == SECOND


class HeldBus(FakeBus):
    """A corridor whose log is slow to take the first fact."""

    def __init__(self) -> None:
        super().__init__()
        self.may_publish = asyncio.Event()

    async def publish(self, event: Event, /) -> Envelope:
        await self.may_publish.wait()
        return await super().publish(event)


async def test_the_end_is_told_while_a_listener_still_finishes() -> None:
    stage = Stage(listeners={"asr": (listener := SlowFinisher())})
    async with asyncio.TaskGroup() as group:
        living = group.create_task(stage.live(a_short_call))
        await stage.bus.until(CallEnded)
        assert not living.done()
        listener.may_finish.set()

    assert listener.has_finished


class SlowFinisher:
    """A listener that needs its time after the last sample."""

    def __init__(self) -> None:
        self.may_finish = asyncio.Event()
        self.has_finished = False

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        async for _ in sound:
            pass
        await self.may_finish.wait()
        self.has_finished = True


async def test_a_listener_that_never_finishes_is_cut_off_and_that_is_marked() -> None:
    listener = KeepingListener()
    listener.may_listen.clear()
    stage = Stage(listeners={"asr": listener}, listener_flush_ms=10)

    await stage.live(a_short_call)

    (gap,) = stage.bus.of(RecordingGapMarked)
    assert (gap.listener, gap.start_ms, gap.end_ms) == ("asr", 0, 1_000)

    assert stage.kit.counters.listener_failures == 1
    assert stage.ended.reason is EndReason.HUNG_UP


class BrokenListener:
    """A recogniser that dies on the first block."""

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        await anext(sound)
        raise RuntimeError("weights are gone")


async def test_a_listener_that_dies_is_marked_and_the_call_goes_on() -> None:
    other = KeepingListener()
    stage = Stage(listeners={"asr": BrokenListener(), "other": other})

    async def script(call: Line) -> Ending:
        call.hear(SECOND[:3200])
        await asyncio.sleep(0.01)
        call.hear(SECOND[:3200])
        return HUNG_UP

    await stage.live(script)

    assert other.heard[CALL, Leg.CALLER].pcm == SECOND[:6400]
    gap = stage.bus.of(RecordingGapMarked)[0]
    assert (gap.listener, gap.start_ms, gap.end_ms) == ("asr", 200, 400)
    assert gap.cause is GapCause.ENGINE
    assert stage.ended.reason is EndReason.HUNG_UP


async def test_a_slow_listener_is_handed_the_gap_and_the_file_is_whole() -> None:
    listener = KeepingListener()
    listener.may_listen.clear()
    stage = Stage(listeners={"asr": listener}, listener_bound_ms=1_000)

    async def script(call: Line) -> Ending:
        for _ in range(3):
            call.hear(SECOND)
        return HUNG_UP

    async with asyncio.TaskGroup() as group:
        group.create_task(stage.live(script))
        await stage.bus.until(CallEnded)
        listener.may_listen.set()

    (gap,) = listener.heard[CALL, Leg.CALLER].gaps
    assert (gap.start_ms, gap.end_ms, gap.cause) == (0, 2_000, GapCause.OVERFLOW)
    assert (stage.kit.counters.gaps, stage.kit.counters.gap_ms) == (1, 2_000)
    assert stage.kept(Leg.CALLER) == SECOND * 3
    assert stage.said[-1] == "CallEnded"


async def test_a_full_disk_ends_no_call() -> None:
    stage = Stage()
    stage.disk.is_full = True

    await stage.live(a_short_call)

    assert stage.ended.reason is EndReason.HUNG_UP
    assert stage.bus.of(LegRecorded) == []
    (gap,) = stage.bus.of(RecordingGapMarked)
    assert (gap.listener, gap.cause, gap.end_ms) == ("recorder", GapCause.DISK, 1_000)
    assert stage.kit.counters.recording_failures == 1


async def test_a_hanging_disk_holds_no_end_back() -> None:
    stage = Stage(recorder_close_ms=10)
    stage.disk.hangs = True

    await stage.live(a_short_call)

    assert stage.ended.reason is EndReason.HUNG_UP
    (gap,) = stage.bus.of(RecordingGapMarked)
    assert gap.listener == "recorder"


@pytest.mark.parametrize(
    ("message", "reason"),
    [(b"\1\0\1", EndReason.BAD_WIRE), (bytes(100_000), EndReason.BAD_WIRE)],
)
async def test_what_cannot_be_sound_ends_the_call_with_a_sentence(
    message: bytes, reason: EndReason
) -> None:
    stage = Stage()

    async def script(call: Line) -> Ending:
        call.hear(SECOND)
        call.hear(message)
        return HUNG_UP

    await stage.live(script)

    assert stage.ended.reason is reason
    assert stage.ended.detail
    assert stage.kept(Leg.CALLER) == SECOND


async def test_a_flood_ends_the_call() -> None:
    stage = Stage(burst_ms=2_000)

    async def script(call: Line) -> Ending:
        while True:
            call.hear(SECOND)

    await stage.live(script)

    assert stage.ended.reason is EndReason.FLOODED


async def test_a_wire_on_which_nothing_comes_any_more_ends_the_call() -> None:
    stage = Stage(stall_ms=1_000)

    async def script(call: Line) -> Ending:
        call.hear(SECOND)
        stage.clock.advance(2_000)
        await asyncio.Event().wait()
        return HUNG_UP

    async with asyncio.TaskGroup() as group:
        living = group.create_task(stage.live(script))
        ended = await stage.bus.until(CallEnded)
        await living

    assert ended[0].reason is EndReason.STALLED


async def test_a_fault_of_ours_ends_the_call_kindly() -> None:
    stage = Stage()

    async def script(call: Line) -> Ending:
        call.hear(SECOND)
        raise ZeroDivisionError

    await stage.live(script)

    assert stage.ended.reason is EndReason.FAILED
    assert stage.kept(Leg.CALLER) == SECOND


async def test_the_first_reason_for_the_end_stands() -> None:
    stage = Stage()

    async def script(call: Line) -> Ending:
        call.end(Ending(reason=EndReason.DRAINED))
        return HUNG_UP

    await stage.live(script)

    assert stage.ended.reason is EndReason.DRAINED


class BrokenBus(FakeBus):
    """A corridor whose log fails for some kinds of facts."""

    def __init__(self, *kinds: type[Event]) -> None:
        super().__init__()
        self._kinds = kinds

    async def publish(self, event: Event, /) -> Envelope:
        if isinstance(event, self._kinds):
            raise StorageError("storage.full", "the disk is full; free some space")
        return await super().publish(event)


async def test_a_fact_that_cannot_be_logged_is_counted_and_the_call_goes_on() -> None:
    stage = Stage(bus=BrokenBus(KeyPressed))

    async def script(call: Line) -> Ending:
        call.press("1")
        call.hear(SECOND)
        return HUNG_UP

    await stage.live(script)

    assert stage.kit.counters.facts_lost == 1
    assert stage.ended.reason is EndReason.HUNG_UP


async def test_a_call_whose_beginning_cannot_be_logged_does_not_begin() -> None:
    stage = Stage(bus=BrokenBus(CallStarted))

    async def script(call: Line) -> Ending:
        await asyncio.Event().wait()
        return HUNG_UP

    with pytest.raises(ExceptionGroup) as raised:
        await stage.live(script)

    assert isinstance(raised.value.exceptions[0], StorageError)


async def test_the_bots_leg_is_recorded_in_step_with_the_callers() -> None:
    stage = Stage(bot_speaks=True)
    words = b"\7\0" * 4_000

    async def script(call: Line) -> Ending:
        call.hear(SECOND)
        await stage.bus.until(LegJoined, count=2)
        async with asyncio.TaskGroup() as group:
            group.create_task(stage.session.play(Speech(pcm=words, sample_rate_hz=8_000)))
            await stage.far_side.until_asked()
            call.hear(SECOND)
            call.played(stage.far_side.played[0].play_id)
        return HUNG_UP

    await stage.live(script)

    assert stage.kept(Leg.BOT) == SECOND + words + bytes(8_000)
    assert len(stage.kept(Leg.BOT)) == len(stage.kept(Leg.CALLER))
    assert [joined.leg for joined in stage.bus.of(LegJoined)] == [Leg.CALLER, Leg.BOT]


async def test_on_a_call_of_people_the_bots_leg_joins_when_it_first_speaks() -> None:
    stage = Stage()

    async def script(call: Line) -> Ending:
        call.hear(SECOND)
        await stage.bus.until(LegJoined)
        async with asyncio.TaskGroup() as group:
            group.create_task(stage.session.play(Speech(pcm=SECOND, sample_rate_hz=8_000)))
            await stage.far_side.until_asked()
            call.hear(SECOND)
            call.played(stage.far_side.played[0].play_id)
        return HUNG_UP

    await stage.live(script)

    assert stage.bus.of(LegJoined)[1] == LegJoined(
        call_id=CALL, leg=Leg.BOT, sample_rate_hz=8_000, joined_at_ms=1_000
    )


async def test_we_can_hang_up_even_when_nobody_listens_any_more() -> None:
    stage = Stage()
    stage.far_side.is_gone = True

    async def script(call: Line) -> Ending:
        with pytest.raises(NotFound):
            await stage.session.hang_up()
        await asyncio.Event().wait()
        return HUNG_UP

    await stage.live(script)

    assert stage.ended.reason is EndReason.WE_HUNG_UP


async def test_nothing_is_played_on_a_call_that_is_over() -> None:
    stage = Stage()
    await stage.live(a_short_call)

    with pytest.raises(NotFound):
        await stage.session.play(Speech(pcm=SECOND, sample_rate_hz=8_000))


def test_settings_are_checked() -> None:
    wrong: dict[str, Any] = {"stall_ms": 0}

    with pytest.raises(InputError, match="stall_ms above 0"):
        GatewaySettings(**wrong)
