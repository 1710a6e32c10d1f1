"""Give one listener its facts in order, each at least once, and its volatile events in between."""

import asyncio
import logging
from collections import deque

from bus.port import EventLog, Start
from bus.settings import BusSettings
from bus.tail import Tail
from bus.volatile import VolatileBox
from domain.envelope import Envelope
from domain.errors import StorageError

log = logging.getLogger(__name__)


class Listener:
    """An async iterator over envelopes. Asking for the next acknowledges the last; cancelling an ask loses nothing."""

    def __init__(
        self,
        *,
        name: str | None,
        kinds: frozenset[str],
        event_log: EventLog,
        tail: Tail,
        box: VolatileBox,
        settings: BusSettings,
    ) -> None:
        self.name = name
        self.kinds = kinds
        self.box = box
        self._log = event_log
        self._tail = tail
        self._settings = settings
        self._doorbell = asyncio.Event()
        self._facts: deque[Envelope] = deque()
        self._read_to = 0  # every fact up to here was fetched
        self._heard_to = 0  # the last fact handed out
        self._acknowledged = 0
        self._saved = 0
        self._unsaved = 0
        self._has_left = False
        self.in_hand: Envelope | None = None  # the fact handed out and not yet acknowledged

    def ring(self) -> None:
        self._doorbell.set()

    def offer(self, envelope: Envelope) -> None:
        """Take a volatile event that happened after everything logged so far."""
        self.box.put(envelope, self._tail.last_position)
        self.ring()

    async def begin(self, start: Start) -> None:
        """Find the place to start from: where this name stopped, or where a new listener wants to begin."""
        place = None if self.name is None else await self._log.cursor(self.name)
        if place is None:
            place = 0 if start is Start.BEGINNING else await self._log.last_position()
            if self.name is not None:
                await self._log.move_cursor(self.name, place)
        self._read_to = self._heard_to = self._acknowledged = self._saved = place

    def __aiter__(self) -> "Listener":
        return self

    async def __anext__(self) -> Envelope:
        self._acknowledge()
        if self._unsaved >= self._settings.acknowledge_every:
            await self._save()
        while not self._has_left:
            if (envelope := self._next_at_hand()) is not None:
                return envelope
            self._doorbell.clear()
            if await self._fetch() or self.box.has_due(self._read_to):
                continue
            await self._save()
            await self._doorbell.wait()
        raise StopAsyncIteration

    async def leave(self) -> None:
        """Remember the place; if the log cannot, the same facts simply come again."""
        self._has_left = True
        self.ring()
        try:
            await self._save()
        except StorageError:
            log.warning(
                "a listener's place was not saved; it will hear some facts again",
                extra={"listener": self.name},
            )

    def pass_over(self) -> None:
        """Acknowledge what was handed out although nobody could handle it."""
        self._acknowledge()

    def _next_at_hand(self) -> Envelope | None:
        horizon = (self._facts[0].position or 0) - 1 if self._facts else self._read_to
        if (volatile := self.box.take(horizon)) is not None:
            return volatile
        if not self._facts:
            return None
        fact = self._facts.popleft()
        self._heard_to = fact.position or self._heard_to
        self.in_hand = fact
        return fact

    async def _fetch(self) -> bool:
        """Take the next facts from the tail or the log; False when there are none."""
        horizon, limit = self._tail.last_position, self._settings.batch_facts
        batch = self._tail.after(self._read_to, self.kinds, limit)
        if batch is None:
            batch = await self._log.after(self._read_to, sorted(self.kinds), limit)
        self._facts.extend(batch)
        last = (batch[-1].position or 0) if batch else 0
        self._read_to = last if len(batch) == limit else max(self._read_to, last, horizon)
        return bool(batch)

    def _acknowledge(self) -> None:
        if self._heard_to > self._acknowledged:
            self._acknowledged = self._heard_to
            self.in_hand = None
            self._unsaved += 1

    async def _save(self) -> None:
        if self.name is not None and self._acknowledged > self._saved:
            await self._log.move_cursor(self.name, self._acknowledged)
            self._saved, self._unsaved = self._acknowledged, 0
