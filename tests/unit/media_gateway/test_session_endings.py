"""How a call ends: with one reason, whatever went wrong."""

import asyncio

import pytest

from domain.audio import Leg
from domain.call import EndReason
from domain.errors import NotFound
from domain.events import CallEnded
from media_gateway.ending import Ending
from media_gateway.line import Line
from tests.fakes.session_stage import HUNG_UP, SECOND, Stage


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
