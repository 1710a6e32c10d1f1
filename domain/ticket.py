"""Hold a ticket draft in which every field points at the words it came from."""

from dataclasses import dataclass
from enum import StrEnum

from domain.audio import Leg
from domain.ids import CallId, SegmentId, TicketId


class TicketState(StrEnum):
    """The life of a draft; the full life of a ticket comes with its own work."""

    DRAFT = "draft"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words: ``segment text[start_char:end_char] == quote``, said on ``leg`` at ``start_ms`` of ``call_id``."""

    call_id: CallId
    segment_id: SegmentId
    leg: Leg
    start_ms: int
    start_char: int
    end_char: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketField:
    """One filled field. ``name`` is stable (``matter``, ``phone`` …); ``evidence`` is never empty."""

    name: str
    value: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """What the ticket would say if it were sent now."""

    ticket_id: TicketId
    call_id: CallId
    state: TicketState
    revision: int
    fields: tuple[TicketField, ...] = ()

    def field(self, name: str) -> TicketField | None:
        return next((f for f in self.fields if f.name == name), None)
