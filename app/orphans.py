"""End the calls that were live when the process last died, so that no call stays live for ever."""

from collections.abc import Iterable

from bus.port import EventBus
from domain.call import EndReason
from domain.events import CallEnded
from domain.ids import CallId


async def end_orphans(bus: EventBus, left_open: Iterable[tuple[CallId, int]]) -> None:
    """Publish CallEnded for each (call, how long it had lasted in ms). Called once, before any wire is open."""
    for call_id, duration_ms in left_open:
        await bus.publish(
            CallEnded(
                call_id=call_id,
                reason=EndReason.FAILED,
                duration_ms=duration_ms,
                detail="the product stopped during this call",
            )
        )
