"""Keep every fact for ever, in one order: the memory of the corridor."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from sqlalchemy import func, select

from domain.envelope import Envelope
from domain.errors import StorageError
from domain.events import Event
from domain.ids import EventId
from domain.ports import Clock
from storage.engine import Database
from storage.fact_writer import CursorMove, FactWriter, NewFact
from storage.facts import COLUMNS, EventCodec, envelope_of
from storage.tables.events import ListenerRow


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """Something to write and who waits for it: the answer is a fact's (position, seq)."""

    what: NewFact | CursorMove
    written: asyncio.Future[tuple[int, int]]


class SqlEventLog:
    """An append-only table with one writing thread.

    What arrives while a transaction is being written shares the next one, so a busy house commits less often
    than it speaks. ``append`` returns after the commit; cancelling it either takes the fact back before it is
    written or waits the few milliseconds until it is.
    """

    def __init__(
        self,
        database: Database,
        *,
        codec: EventCodec,
        clock: Clock,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._database = database
        self._codec = codec
        self._clock = clock
        self._new_id = new_id
        self._writer = FactWriter(database)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="event-log")
        self._waiting: list[_Wish] = []
        self._is_writing = False
        self._is_closed = False

    async def append(self, event: Event) -> Envelope:
        """Write one fact. Raises StorageError; then it was not kept."""
        fact = NewFact(
            event_id=EventId(self._new_id()),
            call_id=event.call_id,
            kind=self._codec.kind_of(event),
            schema_version=self._codec.SCHEMA_VERSION,
            occurred_at=self._clock.now(),
            payload=self._codec.encode(event),
        )
        position, seq = await self._write(fact)
        return Envelope(
            event_id=fact.event_id,
            call_id=fact.call_id,
            seq=seq,
            position=position,
            occurred_at=fact.occurred_at,
            schema_version=fact.schema_version,
            event=event,
        )

    async def after(self, position: int, kinds: Sequence[str], limit: int) -> list[Envelope]:
        """Facts of these kinds with a higher position, in order."""
        wanted = COLUMNS.position > position, COLUMNS.kind.in_(kinds)
        query = select(*COLUMNS).where(*wanted).order_by(COLUMNS.position).limit(limit)
        async with self._database.reading() as session:
            rows = (await session.execute(query)).mappings().all()
        return [envelope_of(row, self._codec) for row in rows]

    async def last_position(self) -> int:
        async with self._database.reading() as session:
            return await session.scalar(select(func.max(COLUMNS.position))) or 0

    async def cursor(self, listener: str) -> int | None:
        async with self._database.reading() as session:
            row = await session.get(ListenerRow, listener)
        return None if row is None else row.position

    async def move_cursor(self, listener: str, position: int) -> None:
        await self._write(CursorMove(listener=listener, position=position))

    async def aclose(self) -> None:
        """Finish what is being written and let go of the thread; whoever writes later gets a StorageError."""
        self._is_closed = True
        await asyncio.to_thread(self._thread.shutdown, wait=True)
        self._writer.close()

    async def _write(self, what: NewFact | CursorMove) -> tuple[int, int]:
        if self._is_closed:
            raise StorageError("storage.closed", "the event log is closed; start the product again")
        wish = _Wish(what, asyncio.get_running_loop().create_future())
        self._waiting.append(wish)
        self._begin_batch()
        try:
            return await asyncio.shield(wish.written)
        except asyncio.CancelledError:
            if wish in self._waiting:
                self._waiting.remove(wish)
            else:
                await asyncio.wait([wish.written])
            raise

    def _begin_batch(self) -> None:
        if self._is_writing or not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        self._is_writing = True
        work = partial(self._writer.write, [wish.what for wish in batch])
        job = asyncio.get_running_loop().run_in_executor(self._thread, work)
        job.add_done_callback(partial(self._end_batch, batch))

    def _end_batch(self, batch: list[_Wish], job: "asyncio.Future[list[tuple[int, int]]]") -> None:
        self._is_writing = False
        if (error := job.exception()) is not None:
            for wish in batch:
                wish.written.set_exception(error)
        else:
            for wish, answer in zip(batch, job.result(), strict=True):
                wish.written.set_result(answer)
        self._begin_batch()
