"""Speech recognition raises in the middle of a call: the call goes on without it, and the rest of it is marked."""

from collections.abc import AsyncIterator

import pytest

from domain.audio import GapCause, Leg, Sound
from domain.call import EndReason
from domain.ids import CallId
from tests.faults.house import fault_house
from tests.faults.talks import talking, undisturbed
from tests.faults.wires import AUDIO_FORK, EVERY_WIRE, FaultWire, over

BROKEN_AT_MS = 500


class BreakingEngine:
    """It hears half a second and breaks."""

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        async for piece in sound:
            if piece.end_sample >= BROKEN_AT_MS * piece.sample_rate_hz // 1000:
                raise RuntimeError("the model is broken")


@over(*EVERY_WIRE)
async def test_an_engine_that_breaks_takes_no_call_with_it(
    wire: FaultWire, caplog: pytest.LogCaptureFixture
) -> None:
    async with fault_house(listeners={"asr": BreakingEngine()}) as house:
        async with undisturbed(house), talking(house, wire) as talk:
            await talk.is_heard()
        ended = await talk.ended()

    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert house.gateway.counters.listener_failures == 2
    assert caplog.messages.count("a listener failed; the call goes on without it") == 2


async def test_what_a_broken_engine_did_not_hear_is_marked_to_the_end_of_the_call() -> None:
    async with fault_house(listeners={"asr": BreakingEngine()}) as house:
        async with talking(house, AUDIO_FORK) as talk:
            await talk.is_heard()
        ended = await talk.ended()
    marks = house.gaps(talk.call_id, "asr")

    assert [mark.cause for mark in marks] == [GapCause.ENGINE]
    assert BROKEN_AT_MS <= marks[0].start_ms < BROKEN_AT_MS + 200
    assert marks[0].end_ms == ended.duration_ms
    assert talk.kept() == talk.sound
