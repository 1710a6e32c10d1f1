"""Read and write facts as rows; the codec that knows their inside comes from outside."""

from typing import Any, Protocol

from sqlalchemy import RowMapping

from domain.envelope import Envelope
from domain.events import Event
from domain.ids import CallId, EventId
from storage.tables.events import EventRow

COLUMNS = EventRow.__table__.c


class EventCodec(Protocol):
    """Turn events into text and back; `bus.codec` is one."""

    SCHEMA_VERSION: int

    def kind_of(self, event: Event) -> str: ...
    def encode(self, event: Event) -> str: ...
    def decode(self, kind: str, schema_version: int, payload: str) -> Event: ...


def envelope_of(row: RowMapping | dict[str, Any], codec: EventCodec) -> Envelope:
    return Envelope(
        event_id=EventId(row["event_id"]),
        call_id=CallId(row["call_id"]),
        seq=row["seq"],
        position=row["position"],
        occurred_at=row["occurred_at"],
        schema_version=row["schema_version"],
        event=codec.decode(row["kind"], row["schema_version"], row["payload"]),
    )
