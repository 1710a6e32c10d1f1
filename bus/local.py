"""Run the corridor inside one process: the event log is its memory, doorbells wake the listeners."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from uuid import uuid4

from bus.codec import SCHEMA_VERSION, kind_of
from bus.listener import Listener
from bus.patience import Patience
from bus.port import EventLog, Lag, Start
from bus.settings import DEFAULT, BusSettings
from bus.tail import Tail
from bus.volatile import VolatileBox
from domain.envelope import Envelope
from domain.errors import InputError, Refused
from domain.events import Event
from domain.ids import EventId
from domain.ports import Clock

UNNAMED = "(unnamed)"


class LocalBus:
    """An EventBus. Nothing queues up here: facts wait in the log, and a doorbell says only that there are some."""

    def __init__(
        self,
        event_log: EventLog,
        *,
        clock: Clock,
        settings: BusSettings = DEFAULT,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._log = event_log
        self._clock = clock
        self._settings = settings
        self._new_id = new_id
        self._tail = Tail(settings.tail_facts)
        self._listeners: list[Listener] = []
        self._dropped: Counter[str] = Counter()
        self._patience = Patience(settings.tries_per_fact)

    async def publish(self, event: Event, /) -> Envelope:
        """Post it. Raises StorageError when a fact could not be logged; then nobody was told."""
        return self._pass_on(event) if event.volatile else await self._post(event)

    @asynccontextmanager
    async def subscribe(
        self,
        *kinds: type[Event],
        name: str | None,
        start: Start = Start.NOW,
        lag: Lag = Lag.LATEST_PER_KEY,
    ) -> AsyncIterator[AsyncIterator[Envelope]]:
        """Hear these kinds in order. One name, one listener at a time."""
        listener = self._listener(kinds, name, lag)
        self._listeners.append(listener)
        try:
            await listener.begin(start)
            yield listener
        except Exception as error:
            fact = listener.in_hand
            if name is not None and fact is not None and self._patience.is_lost(name, fact, error):
                listener.pass_over()
            raise
        finally:
            try:
                await listener.leave()
            finally:  # only now may the name be taken again: its place is saved
                self._listeners.remove(listener)
                self._dropped[name or UNNAMED] += listener.box.dropped

    def drops(self) -> Mapping[str, int]:
        """Volatile events dropped so far, by listener."""
        counted = self._dropped.copy()
        for listener in self._listeners:
            counted[listener.name or UNNAMED] += listener.box.dropped
        return counted

    def _pass_on(self, event: Event) -> Envelope:
        envelope = Envelope(
            event_id=EventId(self._new_id()),
            call_id=event.call_id,
            seq=None,
            position=None,
            occurred_at=self._clock.now(),
            schema_version=SCHEMA_VERSION,
            event=event,
        )
        for listener in self._listeners:
            if kind_of(event) in listener.kinds:
                listener.offer(envelope)
        return envelope

    async def _post(self, event: Event) -> Envelope:
        try:
            envelope = await self._log.append(event)
            self._tail.add(envelope)
        except BaseException:
            self._tail.forget()  # a publisher that was cancelled late leaves a fact in the log that we never saw
            raise
        finally:
            self._ring(kind_of(event))
        return envelope

    def _ring(self, kind: str) -> None:
        for listener in self._listeners:
            if kind in listener.kinds:
                listener.ring()

    def _listener(self, kinds: tuple[type[Event], ...], name: str | None, lag: Lag) -> Listener:
        if not kinds:
            raise InputError(
                "bus.no_kinds",
                "expected at least one kind of event to listen for, got none; name them",
            )
        if name is not None and any(listener.name == name for listener in self._listeners):
            raise Refused(
                "bus.name_taken",
                f"a listener named {name} is already here; one name serves one listener",
            )
        return Listener(
            name=name,
            kinds=frozenset(kind.__name__ for kind in kinds),
            event_log=self._log,
            tail=self._tail,
            box=VolatileBox(lag, self._settings.volatile_waiting),
            settings=self._settings,
        )
