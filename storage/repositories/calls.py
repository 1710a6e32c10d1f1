"""Find calls, and the facts of a call, in the event log."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import RowMapping, Select, func, select

from domain.envelope import Envelope
from domain.events import CallEnded, CallStarted, Event
from domain.ids import CallId
from storage.engine import Database
from storage.facts import COLUMNS, EventCodec, envelope_of
from storage.tables.events import EventRow


class CallRepository:
    """The calls as the log tells them; what a call looks like is folded by whoever asks."""

    def __init__(self, database: Database, *, codec: EventCodec) -> None:
        self._database = database
        self._codec = codec

    async def newest(self, limit: int) -> list[CallId]:
        """The calls that began last, newest first."""
        query = (
            select(COLUMNS.call_id)
            .where(COLUMNS.kind == CallStarted.__name__)
            .order_by(COLUMNS.position.desc())
            .limit(limit)
        )
        async with self._database.reading() as session:
            return [CallId(call_id) for call_id in await session.scalars(query)]

    async def facts(self, call_id: CallId) -> list[Envelope]:
        """Everything known about one call, in its order; empty when there is no such call."""
        return await self._envelopes(
            select(*COLUMNS).where(COLUMNS.call_id == call_id).order_by(COLUMNS.seq)
        )

    async def facts_of(self, calls: Sequence[CallId], *kinds: type[Event]) -> list[Envelope]:
        """Facts of these kinds about several calls, in the order they were said."""
        query = select(*COLUMNS).where(
            COLUMNS.call_id.in_(calls), COLUMNS.kind.in_([kind.__name__ for kind in kinds])
        )
        return await self._envelopes(query.order_by(COLUMNS.position))

    async def left_open(self) -> list[tuple[CallId, int]]:
        """Calls that began and never ended, oldest first, and how long they had lasted by their last fact, in ms.

        After a start these are the calls our process took down with it.
        """
        ended = select(EventRow.call_id).where(EventRow.kind == CallEnded.__name__)
        begun = select(EventRow.call_id).where(
            EventRow.kind == CallStarted.__name__, EventRow.call_id.not_in(ended)
        )
        query = (
            select(EventRow.call_id, func.min(EventRow.occurred_at), func.max(EventRow.occurred_at))
            .where(EventRow.call_id.in_(begun))
            .group_by(EventRow.call_id)
            .order_by(func.min(EventRow.position))
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        return [
            (CallId(call), int((last - first).total_seconds() * 1000)) for call, first, last in rows
        ]

    async def _envelopes(self, query: Select[*tuple[object, ...]]) -> list[Envelope]:
        async with self._database.reading() as session:
            rows = (await session.execute(query)).mappings().all()
        return await asyncio.to_thread(self._decode, rows)

    def _decode(self, rows: Sequence[RowMapping]) -> list[Envelope]:
        """Thousands of facts for a page of calls: on a thread, so that live calls do not wait for it."""
        return [envelope_of(row, self._codec) for row in rows]
