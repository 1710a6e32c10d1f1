"""Remember facts in a list, for tests that need a corridor and no disk."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from bus.local import LocalBus
from domain.envelope import Envelope
from domain.events import Event
from domain.ids import EventId
from domain.ports import Clock
from tests.fakes.clock import FakeClock

E = TypeVar("E", bound=Event)


class MemoryEventLog:
    """An EventLog without a disk; it outlives the bus, as a log does."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or FakeClock()
        self._facts: list[Envelope] = []
        self._cursors: dict[str, int] = {}

    async def append(self, event: Event) -> Envelope:
        position = len(self._facts) + 1
        envelope = Envelope(
            event_id=EventId(f"event-{position}"),
            call_id=event.call_id,
            seq=sum(e.call_id == event.call_id for e in self._facts) + 1,
            position=position,
            occurred_at=self._clock.now(),
            schema_version=1,
            event=event,
        )
        self._facts.append(envelope)
        return envelope

    async def after(self, position: int, kinds: Sequence[str], limit: int) -> list[Envelope]:
        newer = (e for e in self._facts[position:] if type(e.event).__name__ in kinds)
        return [envelope for envelope, _ in zip(newer, range(limit), strict=False)]

    async def last_position(self) -> int:
        return len(self._facts)

    async def cursor(self, listener: str) -> int | None:
        return self._cursors.get(listener)

    async def move_cursor(self, listener: str, position: int) -> None:
        self._cursors[listener] = position


class FakeBus(LocalBus):
    """The local corridor over a list. ``said`` holds everything published, volatile events too."""

    def __init__(self, event_log: MemoryEventLog | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.event_log = event_log or MemoryEventLog(self.clock)
        super().__init__(self.event_log, clock=self.clock)
        self.said: list[Event] = []
        self._news = asyncio.Event()

    async def publish(self, event: Event, /) -> Envelope:
        envelope = await super().publish(event)
        self.said.append(event)
        self._news.set()
        return envelope

    def of(self, kind: type[E]) -> list[E]:
        """Everything of one kind, in the order it was said."""
        return [event for event in self.said if isinstance(event, kind)]

    async def until(
        self, kind: type[E], *, count: int = 1, that: Callable[[E], bool] = lambda _: True
    ) -> list[E]:
        """Wait until so many events of a kind were said; a test that would wait for ever fails after 5 s."""
        async with asyncio.timeout(5):
            while len(found := [event for event in self.of(kind) if that(event)]) < count:
                self._news.clear()
                await self._news.wait()
        return found
