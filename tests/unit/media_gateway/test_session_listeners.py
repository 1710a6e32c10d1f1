"""Who listens to a call: from the first sample, each leg for itself, and nobody holds the call up."""

import asyncio
from collections.abc import AsyncIterator

from domain.audio import GapCause, Leg, Sound
from domain.call import EndReason
from domain.envelope import Envelope
from domain.events import CallEnded, Event, RecordingGapMarked
from domain.ids import CallId
from media_gateway.ending import Ending
from media_gateway.line import Line
from tests.fakes.bus import FakeBus
from tests.fakes.gateway import KeepingListener
from tests.fakes.session_stage import CALL, HUNG_UP, SECOND, Stage, a_short_call


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
