"""One wire's share of a conversation: streams with clocks of their own, holds, absences and holes keep time true."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from domain.audio import AudioGap, GapCause, Leg
from domain.call import CallInfo, Direction, EndReason, Party
from domain.events import (
    CallEnded,
    LegHeld,
    LegJoined,
    LegLeft,
    LegResumed,
    PartyNamed,
    RecordingGapMarked,
)
from domain.ids import CallId
from media_gateway.codecs import Encoding, pcm16_to_ulaw
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
BOTH = (Leg.CALLER, Leg.AGENT)
SECOND = bytes(16_000)


class Stage:
    """A conversation with fakes around it."""

    def __init__(self, offer: CallOffer) -> None:
        self.clock = FakeClock()
        self.bus = FakeBus(clock=self.clock)
        self.disk = MemoryRecordings()
        self.listener = KeepingListener()
        self.offer = offer
        self.session = CallSession(
            info=CallInfo(call_id=CALL, direction=Direction.INBOUND, wire="fake"),
            equipment=Equipment(
                bus=self.bus,
                recordings=self.disk,
                listeners={"asr": self.listener},
                clock=self.clock,
                settings=GatewaySettings(),
            ),
        )

    async def live(self, script: Callable[[Line], Awaitable[Ending]]) -> None:
        async with asyncio.timeout(5):
            await self.session.run(self.offer, FakeFarSide(), script)

    def kept(self, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(CALL, leg)])

    def gaps(self, leg: Leg) -> list[AudioGap]:
        return self.listener.heard[CALL, leg].gaps


def two_tracks(encoding: Encoding = Encoding.L16) -> CallOffer:
    return CallOffer(sample_rate_hz=8_000, legs=BOTH, separate=True, encoding=encoding)


async def test_legs_with_clocks_of_their_own_are_kept_apart() -> None:
    stage = Stage(two_tracks())

    async def script(line: Line) -> Ending:
        line.hear(b"\1\0" * 800, 0)
        line.hear(b"\2\0" * 400, 1)
        return HUNG_UP

    await stage.live(script)

    assert stage.kept(Leg.CALLER) == b"\1\0" * 800
    assert stage.kept(Leg.AGENT) == b"\2\0" * 400


async def test_sound_comes_out_as_samples_however_the_wire_writes_it() -> None:
    stage = Stage(two_tracks(Encoding.PCMU))
    pcm = (b"\x00\x10" * 160) + (b"\x00\xf0" * 160)

    async def script(line: Line) -> Ending:
        line.hear(pcm16_to_ulaw(pcm), 1)
        return HUNG_UP

    await stage.live(script)

    assert len(stage.kept(Leg.AGENT)) == len(pcm)
    assert pcm16_to_ulaw(stage.kept(Leg.AGENT)) == pcm16_to_ulaw(pcm)


async def test_a_hole_the_wire_knows_of_is_a_gap_in_its_place_for_everybody() -> None:
    stage = Stage(two_tracks())

    async def script(line: Line) -> Ending:
        line.hear(b"\1\0" * 400, 0)
        line.miss(160, GapCause.NETWORK, 0)
        line.hear(b"\3\0" * 400, 0)
        return HUNG_UP

    await stage.live(script)

    assert stage.kept(Leg.CALLER) == b"\1\0" * 400 + bytes(320) + b"\3\0" * 400
    (gap,) = stage.gaps(Leg.CALLER)
    assert (gap.first_sample, gap.samples, gap.cause) == (400, 160, GapCause.NETWORK)
    (marked,) = stage.bus.of(RecordingGapMarked)
    assert (marked.listener, marked.cause, marked.start_ms) == (
        "recorder",
        GapCause.NETWORK,
        50,
    )


async def test_a_wires_clock_that_jumps_is_not_believed_beyond_ours() -> None:
    stage = Stage(two_tracks())

    async def script(line: Line) -> Ending:
        line.hear(SECOND, 0)
        stage.clock.advance(3_000)
        line.miss(10**12, GapCause.NETWORK, 0)
        for _ in range(3):
            line.hear(SECOND, 0)
        return HUNG_UP

    await stage.live(script)

    assert stage.bus.of(CallEnded)[0].reason is EndReason.HUNG_UP
    assert stage.bus.of(CallEnded)[0].duration_ms == 6_000
    assert stage.session._kit.counters.clock_jumps == 1


async def test_what_comes_while_a_leg_is_on_hold_is_heard_by_nobody() -> None:
    stage = Stage(CallOffer(sample_rate_hz=8_000, legs=BOTH))

    async def script(line: Line) -> Ending:
        line.hear(b"\1\0\2\0" * 800)
        line.hold(Leg.CALLER)
        line.hold(Leg.CALLER)
        line.hear(b"\5\0\2\0" * 800)
        line.resume(Leg.CALLER)
        line.hear(b"\3\0\2\0" * 800)
        return HUNG_UP

    await stage.live(script)

    assert stage.kept(Leg.CALLER) == b"\1\0" * 800 + bytes(1600) + b"\3\0" * 800
    assert stage.kept(Leg.AGENT) == b"\2\0" * 2400
    assert [gap.cause for gap in stage.gaps(Leg.CALLER)] == [GapCause.HELD]
    assert stage.bus.of(LegHeld)[0].held_at_ms == 100
    assert stage.bus.of(LegResumed)[0].resumed_at_ms == 200


async def test_a_stream_that_is_silent_on_hold_keeps_up_with_the_clock() -> None:
    stage = Stage(two_tracks())

    async def script(line: Line) -> Ending:
        line.hear(SECOND, 0)
        line.hold(Leg.CALLER, GapCause.PAUSED)
        stage.clock.advance(42_000)
        line.resume(Leg.CALLER)
        line.hear(SECOND, 0)
        return HUNG_UP

    await stage.live(script)

    (gap,) = stage.gaps(Leg.CALLER)
    assert (gap.start_ms, gap.end_ms, gap.cause) == (1_000, 43_000, GapCause.PAUSED)
    assert len(stage.kept(Leg.CALLER)) == 44 * 16_000


async def test_a_line_that_is_on_hold_does_not_stall() -> None:
    stage = Stage(CallOffer(sample_rate_hz=8_000, legs=(Leg.CALLER,)))

    async def script(line: Line) -> Ending:
        line.hear(SECOND)
        line.hold(Leg.CALLER)
        stage.clock.advance(60_000)
        await asyncio.sleep(0.02)
        return HUNG_UP

    await stage.live(script)

    assert stage.bus.of(CallEnded)[0].reason is EndReason.HUNG_UP


async def test_who_sits_on_a_leg_is_told_when_it_is_known_and_when_it_changes() -> None:
    stage = Stage(two_tracks())

    async def script(line: Line) -> Ending:
        line.rename(Leg.AGENT, Party(name="Li"))
        line.hear(SECOND, 1)
        line.leave(Leg.AGENT)
        line.rejoin(Leg.AGENT)
        line.rename(Leg.AGENT, Party(name="Wang"))
        return HUNG_UP

    await stage.live(script)

    assert [(n.party.name, n.named_at_ms) for n in stage.bus.of(PartyNamed)] == [
        ("Li", 0),
        ("Wang", 1_000),
    ]
    assert [left.left_at_ms for left in stage.bus.of(LegLeft)] == [1_000]
    assert [(j.leg, j.joined_at_ms) for j in stage.bus.of(LegJoined)][-1] == (Leg.AGENT, 1_000)


async def test_a_second_line_joins_the_conversation_and_leaves_it_going_on() -> None:
    stage = Stage(CallOffer(sample_rate_hz=8_000, legs=(Leg.CALLER,)))
    joined = asyncio.Event()

    async def agent(line: Line) -> Ending:
        line.hear(b"\2\0" * 8_000)
        joined.set()
        return HUNG_UP

    async def caller(line: Line) -> Ending:
        line.hear(SECOND)
        await stage.bus.until(LegJoined)
        offer = CallOffer(sample_rate_hz=8_000, legs=(Leg.AGENT,))
        await stage.session.join(offer, FakeFarSide(), agent)
        line.hear(SECOND)
        return HUNG_UP

    await stage.live(caller)

    assert stage.kept(Leg.AGENT) == b"\2\0" * 8_000
    assert len(stage.kept(Leg.CALLER)) == 32_000
    (_, second) = stage.bus.of(LegJoined)
    assert (second.leg, second.joined_at_ms) == (Leg.AGENT, 1_000)
    assert [left.leg for left in stage.bus.of(LegLeft)] == [Leg.AGENT]
    assert len(stage.bus.of(CallEnded)) == 1


async def test_the_end_of_the_conversation_is_the_end_of_every_line() -> None:
    stage = Stage(CallOffer(sample_rate_hz=8_000, legs=(Leg.CALLER,)))
    far_side = FakeFarSide()

    async def stays(line: Line) -> Ending:
        await asyncio.Event().wait()
        return HUNG_UP

    async with asyncio.TaskGroup() as group:
        living = group.create_task(stage.live(stays))
        await stage.bus.until(LegJoined)
        offer = CallOffer(sample_rate_hz=8_000, legs=(Leg.AGENT,))
        staying = group.create_task(stage.session.join(offer, far_side, stays))
        await stage.bus.until(LegJoined, count=2)
        stage.session.end(Ending(reason=EndReason.DRAINED))
        await asyncio.wait((living, staying))

    assert [ending.reason for ending in far_side.endings] == [EndReason.DRAINED]


@pytest.mark.parametrize("leg", [Leg.CALLER, Leg.AGENT])
async def test_the_conversation_goes_on_until_its_last_line_leaves(leg: Leg) -> None:
    stage = Stage(CallOffer(sample_rate_hz=8_000, legs=(leg,)))
    may_leave = asyncio.Event()

    async def leaves(line: Line) -> Ending:
        line.hear(SECOND)
        await may_leave.wait()
        return HUNG_UP

    async def remains(line: Line) -> Ending:
        may_leave.set()
        await stage.bus.until(LegLeft)
        line.hear(SECOND)
        return HUNG_UP

    async with asyncio.TaskGroup() as group:
        group.create_task(stage.live(leaves))
        await stage.bus.until(LegJoined)
        offer = CallOffer(sample_rate_hz=8_000, legs=(Leg.INTERPRETER,))
        group.create_task(stage.session.join(offer, FakeFarSide(), remains))

    assert stage.bus.of(CallEnded)[0].duration_ms == 2_000


async def test_a_minute_on_hold_is_a_handful_of_facts() -> None:
    stage = Stage(CallOffer(sample_rate_hz=8_000, legs=(Leg.CALLER,)))

    async def script(line: Line) -> Ending:
        line.hear(SECOND)
        line.hold(Leg.CALLER)
        for _ in range(60):
            stage.clock.advance(1_000)
            line.hear(SECOND)
        line.resume(Leg.CALLER)
        return HUNG_UP

    await stage.live(script)

    told = [gap for gap in stage.bus.of(RecordingGapMarked) if gap.listener == "recorder"]
    assert len(told) <= 7
    assert (told[0].start_ms, told[0].end_ms, told[-1].end_ms) == (1_000, 2_000, 61_000)


async def test_a_wire_that_watches_over_itself_may_be_silent_for_minutes() -> None:
    stage = Stage(CallOffer(sample_rate_hz=8_000, legs=(Leg.CALLER,), watches_itself=True))

    async def script(line: Line) -> Ending:
        line.hear(SECOND)
        stage.clock.advance(120_000)
        await asyncio.sleep(0.02)
        return HUNG_UP

    await stage.live(script)

    assert stage.bus.of(CallEnded)[0].reason is EndReason.HUNG_UP
