"""Keep a room's service running: a failure is logged, the service starts again, the others never notice."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0


@dataclass(slots=True)
class ServiceHealth:
    """How often each service had to be started again; health shows those that are down now."""

    restarts: dict[str, int] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)


async def supervise(name: str, run: Callable[[], Awaitable[None]], health: ServiceHealth) -> None:
    """Until cancelled. The pause between starts doubles up to half a minute."""
    pause_s = FIRST_PAUSE_S
    while True:
        health.down.discard(name)
        try:
            await run()
        except Exception:
            log.exception(
                "service failed and will start again", extra={"service": name, "pause_s": pause_s}
            )
        else:
            log.warning(
                "service ended and will start again", extra={"service": name, "pause_s": pause_s}
            )
        health.down.add(name)
        health.restarts[name] = health.restarts.get(name, 0) + 1
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
