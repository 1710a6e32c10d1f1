"""Promise what the corridor does, whoever builds it.

Guarantees, each a test in `tests/contract/event_bus.py`:
1. One order per call, the same for every listener.
2. A fact is in the event log before ``publish`` returns, and each named listener gets it at least once, also after
   a restart: asking for the next event acknowledges the last.
3. A volatile event skips the log and obeys ``lag``; drops are counted.
4. A slow or broken listener never delays the publisher or another listener: facts wait in the log.
5. Leaving the ``async with`` leaves no task behind.
6. Handlers are idempotent by ``event_id``.
7. A fact on which a named listener's handler fails every time is logged and passed over after a few tries, so that one
   fact cannot stop a room for ever; a StorageError or a retryable EngineError is not the fact's fault and never counts.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from enum import Enum, auto
from typing import Protocol

from domain.envelope import Envelope
from domain.events import Event


class Start(Enum):
    """Where a listener that was never here before begins; one that was here resumes after its last acknowledged fact."""

    NOW = auto()
    BEGINNING = auto()


class Lag(Enum):
    """What happens to volatile events when a listener is behind."""

    LATEST_PER_KEY = auto()  # newest per (call, segment)
    DROP_OLDEST = auto()


class EventBus(Protocol):
    """The corridor."""

    async def publish(self, event: Event, /) -> Envelope:
        """Post it. Raises StorageError when a fact could not be logged; then nobody was told."""
        ...

    def subscribe(
        self,
        *kinds: type[Event],
        name: str | None,
        start: Start = Start.NOW,
        lag: Lag = Lag.LATEST_PER_KEY,
    ) -> AbstractAsyncContextManager[AsyncIterator[Envelope]]:
        """Hear these kinds in order. A ``name`` is remembered over restarts; None listens without memory."""
        ...


class EventLog(Protocol):
    """What a corridor needs from a log; `storage.event_log` keeps it."""

    async def append(self, event: Event) -> Envelope: ...
    async def after(self, position: int, kinds: Sequence[str], limit: int) -> list[Envelope]:
        """Facts of these kinds with a higher position, in order."""
        ...

    async def last_position(self) -> int: ...
    async def cursor(self, listener: str) -> int | None: ...
    async def move_cursor(self, listener: str, position: int) -> None: ...
