"""The bot's leg: what is played is recorded in step."""

import asyncio

import pytest

from domain.audio import Leg, Speech
from domain.errors import NotFound
from domain.events import LegJoined
from media_gateway.ending import Ending
from media_gateway.line import Line
from tests.fakes.session_stage import CALL, HUNG_UP, SECOND, Stage, a_short_call


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


async def test_nothing_is_played_on_a_call_that_is_over() -> None:
    stage = Stage()
    await stage.live(a_short_call)

    with pytest.raises(NotFound):
        await stage.session.play(Speech(pcm=SECOND, sample_rate_hz=8_000))
