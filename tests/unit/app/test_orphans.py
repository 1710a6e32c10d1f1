"""A call that was live when we died does not stay live for ever."""

from app.orphans import end_orphans
from domain.call import EndReason
from domain.events import CallEnded
from domain.ids import CallId
from tests.fakes.bus import FakeBus


async def test_calls_left_open_are_ended_with_how_long_they_lasted() -> None:
    bus = FakeBus()

    await end_orphans(bus, [(CallId("c1"), 4_000), (CallId("c2"), 0)])

    ended = [event for event in bus.said if isinstance(event, CallEnded)]
    assert [(e.call_id, e.reason, e.duration_ms) for e in ended] == [
        ("c1", EndReason.FAILED, 4_000),
        ("c2", EndReason.FAILED, 0),
    ]
