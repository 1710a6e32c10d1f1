"""What happens is counted under the name of the room it happened in."""

import asyncio

from app.telemetry import Telemetry
from domain.audio import Leg
from domain.call import EndReason
from domain.events import CallEnded, PassageMarked
from domain.ids import CallId
from domain.passage import PassageKind
from media_gateway import GatewayCounters
from media_gateway.bridge_counters import BridgeCounters
from tests.fakes.bus import FakeBus


async def test_an_ended_call_is_counted_with_its_reason() -> None:
    bus, telemetry = FakeBus(), Telemetry()

    async with asyncio.TaskGroup() as group:
        counting = group.create_task(telemetry.run(bus))
        await asyncio.sleep(0)
        await bus.publish(CallEnded(call_id=CallId("c1"), reason=EndReason.HUNG_UP, duration_ms=1))
        async with asyncio.timeout(2):
            while b"hung_up" not in telemetry.exposition():  # noqa: ASYNC110 — counting tells nobody
                await asyncio.sleep(0)
        counting.cancel()

    assert b'bus_facts_total{kind="CallEnded"} 1.0' in telemetry.exposition()


def test_wires_that_never_became_a_call_are_counted_too() -> None:
    telemetry, counters = Telemetry(), GatewayCounters()
    telemetry.watch_gateway(counters)

    counters.calls_refused = 2

    assert b"media_gateway_calls_refused 2.0" in telemetry.exposition()


def test_what_a_wire_counts_by_itself_is_shown_under_its_name() -> None:
    telemetry, counters = Telemetry(), BridgeCounters(underruns=3)

    telemetry.watch_wires({"bridge": counters})

    assert b"media_gateway_bridge_underruns 3.0" in telemetry.exposition()


async def test_time_without_words_is_counted_by_what_was_heard_instead() -> None:
    bus, telemetry = FakeBus(), Telemetry()
    music = PassageMarked(
        call_id=CallId("c1"),
        leg=Leg.CALLER,
        start_ms=1_000,
        end_ms=43_000,
        kind=PassageKind.HOLD_MUSIC,
    )

    async with asyncio.TaskGroup() as group:
        counting = group.create_task(telemetry.run(bus))
        await asyncio.sleep(0)
        await bus.publish(music)
        async with asyncio.timeout(2):
            while b"hold_music" not in telemetry.exposition():  # noqa: ASYNC110 — counting tells nobody
                await asyncio.sleep(0)
        counting.cancel()

    assert b'asr_passage_seconds_total{kind="hold_music"} 42.0' in telemetry.exposition()
