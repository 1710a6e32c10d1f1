"""Describe where drafts are kept between events and over restarts."""

from typing import Protocol

from domain.ids import CallId, TicketId
from domain.ticket import TicketDraft


class TicketShelf(Protocol):
    """Keep the newest revision of every draft. Each method may raise StorageError."""

    async def get(self, ticket_id: TicketId) -> TicketDraft | None: ...

    async def get_for_call(self, call_id: CallId) -> TicketDraft | None:
        """The draft that began in this call."""
        ...

    async def put(self, draft: TicketDraft) -> None:
        """Putting a revision twice leaves one."""
        ...
