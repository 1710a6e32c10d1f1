"""Speech recognition hangs: calls over every wire go on, are recorded whole, and what nobody heard is marked."""

import asyncio
from collections.abc import AsyncIterator

from domain.audio import AudioFrame, GapCause, Leg, Sound
from domain.call import EndReason
from domain.ids import CallId
from tests.fakes.gateway import KeepingListener
from tests.faults.house import fault_house
from tests.faults.talks import WORDS_MS, talking, undisturbed
from tests.faults.wires import AUDIO_FORK, EVERY_WIRE, STREAM_WIRES, FaultWire, over


class HungEngine:
    """It takes a call and never reads a sample."""

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        await asyncio.Event().wait()


@over(*EVERY_WIRE)
async def test_sending_never_waits_for_an_engine_that_hangs(wire: FaultWire) -> None:
    async with fault_house(listeners={"asr": HungEngine()}) as house:
        async with undisturbed(house), talking(house, wire) as talk:
            await talk.is_heard()
        ended = await talk.ended()

    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)


@over(*STREAM_WIRES)
async def test_what_a_hung_engine_never_heard_is_recorded_and_marked(wire: FaultWire) -> None:
    async with fault_house(listeners={"asr": HungEngine()}) as house:
        async with talking(house, wire) as talk:
            await talk.is_heard()
        ended = await talk.ended()
    marks = house.gaps(talk.call_id, "asr")

    assert talk.kept() == talk.sound
    assert [(mark.start_ms, mark.end_ms) for mark in marks] == [(0, ended.duration_ms)]
    assert [mark.cause for mark in marks] == [GapCause.ENGINE]
    assert house.gaps(talk.call_id, "recorder") == []


async def test_an_engine_that_wakes_up_is_told_what_it_missed_to_the_sample() -> None:
    engine = KeepingListener()
    engine.may_listen.clear()

    async with fault_house(listeners={"asr": engine}, listener_bound_ms=1_000) as house:
        async with talking(house, AUDIO_FORK) as talk:
            await talk.is_heard()
            engine.may_listen.set()
            await talk.goes_on()
        await talk.ended()
    kept = engine.heard[talk.call_id, Leg.CALLER]
    missed = kept.gaps[0]
    frames = [piece for piece in kept.pieces if isinstance(piece, AudioFrame)]

    assert [gap.cause for gap in kept.gaps] == [GapCause.OVERFLOW]
    assert missed.first_sample == 0
    assert WORDS_MS - 1_100 <= missed.end_ms <= WORDS_MS
    assert frames[0].first_sample == missed.end_sample
    assert kept.pcm == talk.sound[2 * missed.end_sample :]
