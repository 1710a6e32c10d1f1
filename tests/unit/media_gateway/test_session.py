"""One call's life: facts in order, and a full disk or a failing log is not the call's trouble."""

import asyncio
from typing import Any

import pytest

from domain.audio import GapCause, Leg
from domain.call import EndReason
from domain.envelope import Envelope
from domain.errors import InputError, StorageError
from domain.events import CallStarted, Event, KeyPressed, LegJoined, LegRecorded, RecordingGapMarked
from media_gateway.ending import Ending
from media_gateway.line import Line
from media_gateway.settings import GatewaySettings
from tests.fakes.bus import FakeBus
from tests.fakes.session_stage import CALL, HUNG_UP, SECOND, Stage, a_short_call


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


def test_settings_are_checked() -> None:
    wrong: dict[str, Any] = {"stall_ms": 0}

    with pytest.raises(InputError, match="stall_ms above 0"):
        GatewaySettings(**wrong)
