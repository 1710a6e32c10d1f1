"""Send sound when it is due, by the clock and not by adding up waits, so that hours do not drift."""

import asyncio
import time
from collections.abc import Awaitable, Callable

LATE_AT_MOST_S = 2.0  # a laptop that slept must not pour its sleep into the wire


class Pacer:
    """A metronome: ``due(s)`` returns when ``s`` seconds have passed since the first call.

    Late is caught up at once while it is little; after a longer stop the metronome starts anew from there.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._began: float | None = None

    async def due(self, position_s: float) -> None:
        now = self._now()
        if self._began is None or now - self._began - position_s > LATE_AT_MOST_S:
            self._began = now - position_s
        await self._sleep(max(0.0, self._began + position_s - now))
