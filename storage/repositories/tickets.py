"""Remember ticket drafts: the newest revision of each."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from domain.audio import Leg
from domain.ids import CallId, SegmentId, TicketId
from domain.ticket import Evidence, TicketDraft, TicketField, TicketState
from storage.engine import Database
from storage.tables.tickets import TicketRow


class TicketRepository:
    """Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, ticket_id: TicketId) -> TicketDraft | None:
        async with self._database.reading() as session:
            row = await session.get(TicketRow, ticket_id)
        return None if row is None else _draft(row)

    async def get_for_call(self, call_id: CallId) -> TicketDraft | None:
        """The draft that began in this call."""
        query = select(TicketRow).where(TicketRow.call_id == call_id).order_by(TicketRow.ticket_id)
        async with self._database.reading() as session:
            row = (await session.scalars(query)).first()
        return None if row is None else _draft(row)

    async def put(self, draft: TicketDraft) -> None:
        """Keep it. A revision that is kept already, or an older one, changes nothing. Raises StorageError."""
        async with self._database.writing() as session:
            row = await session.get(TicketRow, draft.ticket_id)
            if row is None:
                session.add(_row(draft))
            elif row.revision < draft.revision:
                row.state, row.revision, row.fields = (
                    draft.state,
                    draft.revision,
                    _fields_json(draft),
                )


def _row(draft: TicketDraft) -> TicketRow:
    return TicketRow(
        ticket_id=draft.ticket_id,
        call_id=draft.call_id,
        state=draft.state,
        revision=draft.revision,
        fields=_fields_json(draft),
    )


def _fields_json(draft: TicketDraft) -> str:
    return json.dumps([asdict(field) for field in draft.fields], ensure_ascii=False)


def _draft(row: TicketRow) -> TicketDraft:
    return TicketDraft(
        ticket_id=TicketId(row.ticket_id),
        call_id=CallId(row.call_id),
        state=TicketState(row.state),
        revision=row.revision,
        fields=tuple(_field(field) for field in json.loads(row.fields)),
    )


def _field(kept: dict[str, Any]) -> TicketField:
    evidence = tuple(_evidence(words) for words in kept["evidence"])
    return TicketField(name=kept["name"], value=kept["value"], evidence=evidence)


def _evidence(kept: dict[str, Any]) -> Evidence:
    return Evidence(
        call_id=CallId(kept["call_id"]),
        segment_id=SegmentId(kept["segment_id"]),
        leg=Leg(kept["leg"]),
        start_ms=kept["start_ms"],
        start_char=kept["start_char"],
        end_char=kept["end_char"],
        quote=kept["quote"],
    )
