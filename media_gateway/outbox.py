"""Post a call's facts in order without ever making its sound wait for the event log."""

import asyncio
import logging

from bus.port import EventBus
from domain.events import Event
from media_gateway.counters import GatewayCounters

log = logging.getLogger(__name__)


class Outbox:
    """A bounded line of facts. A fact that cannot be logged is counted and the call goes on."""

    def __init__(self, *, bus: EventBus, waiting: int, counters: GatewayCounters) -> None:
        self._bus = bus
        self._counters = counters
        self._line: asyncio.Queue[Event | None] = asyncio.Queue(maxsize=waiting)

    def post(self, event: Event) -> bool:
        """Put it in line; False when the log has taken nothing for so long that there is no room."""
        try:
            self._line.put_nowait(event)
        except asyncio.QueueFull:
            self._counters.facts_lost += 1
            return False
        return True

    async def run(self) -> None:
        """Publish until closed."""
        while (event := await self._line.get()) is not None:
            try:
                await self._bus.publish(event)
            except Exception as error:  # noqa: BLE001 — supervisor
                self._counters.facts_lost += 1
                log.error(
                    "a fact could not be logged, the call goes on; check the database",
                    extra={
                        "call_id": event.call_id,
                        "fact": type(event).__name__,
                        "error": str(error),
                    },
                )

    async def close(self) -> None:
        """Let ``run`` end after the last fact."""
        await self._line.put(None)
