"""Post a fact: who it is about, in which order, since when it can be read."""

from dataclasses import dataclass
from datetime import datetime

from domain.events import Event
from domain.ids import CallId, EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One posted event.

    ``seq`` rises by one per call and ``position`` rises over the whole log; both are None on volatile events.
    ``occurred_at`` is aware UTC and only for humans: code orders by ``seq`` or ``position``.
    """

    event_id: EventId
    call_id: CallId
    seq: int | None
    position: int | None
    occurred_at: datetime
    schema_version: int
    event: Event
