"""Write a batch of facts and cursor moves in one transaction, on the thread that calls."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from domain.ids import CallId, EventId
from storage.engine import Database
from storage.faults import naming_database_faults
from storage.tables.events import EventRow, ListenerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A fact on its way into the log; the log gives it ``position`` and ``seq``."""

    event_id: EventId
    call_id: CallId
    kind: str
    schema_version: int
    occurred_at: datetime
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorMove:
    """A listener has acknowledged everything up to ``position``."""

    listener: str
    position: int


class FactWriter:
    """The one writer of the event log."""

    def __init__(self, database: Database) -> None:
        self._engine = database.thread_engine()

    def write(self, batch: Sequence[NewFact | CursorMove]) -> list[tuple[int, int]]:
        """Commit all or nothing; give (position, seq) per entry, zeros for a cursor. Raises StorageError."""
        with naming_database_faults(), self._engine.begin() as connection:
            heights = _heights(
                connection, {what.call_id for what in batch if isinstance(what, NewFact)}
            )
            return [_write_one(connection, what, heights) for what in batch]

    def close(self) -> None:
        self._engine.dispose()


def _heights(connection: Connection, calls: Iterable[CallId]) -> dict[str, int]:
    """The highest seq so far of each call."""
    query = (
        select(EventRow.call_id, func.max(EventRow.seq))
        .where(EventRow.call_id.in_(sorted(calls)))
        .group_by(EventRow.call_id)
    )
    return dict(connection.execute(query).all())


def _write_one(
    connection: Connection, what: NewFact | CursorMove, heights: dict[str, int]
) -> tuple[int, int]:
    if isinstance(what, CursorMove):
        _move(connection, what)
        return 0, 0
    seq = heights[what.call_id] = heights.get(what.call_id, 0) + 1
    row = insert(EventRow).values(**asdict(what), seq=seq).returning(EventRow.position)
    return connection.execute(row).scalar_one(), seq


def _move(connection: Connection, move: CursorMove) -> None:
    here = ListenerRow.name == move.listener
    moved = connection.execute(update(ListenerRow).where(here).values(position=move.position))
    if not moved.rowcount:
        connection.execute(insert(ListenerRow).values(name=move.listener, position=move.position))
