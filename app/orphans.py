"""End the calls that were live when the process last died, so that no call stays live for ever."""

from collections.abc import Iterable

from bus.port import EventBus
from domain.call import EndReason
from domain.events import CallEnded
from domain.ids import CallId


async def end_orphans(bus: EventBus, live: Iterable[CallId]) -> int:
    """Publish CallEnded for each; the number of them. Called once, before any wire is open."""
    ended = 0
    for call_id in live:
        await bus.publish(
            CallEnded(
                call_id=call_id,
                reason=EndReason.FAILED,
                duration_ms=0,
                detail="the server stopped during this call",
            )
        )
        ended += 1
    return ended
