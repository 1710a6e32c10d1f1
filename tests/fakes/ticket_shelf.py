"""Keep ticket drafts in a dict, for tests that need a shelf and no database."""

from domain.ids import CallId, TicketId
from domain.ticket import TicketDraft


class MemoryTicketShelf:
    """A TicketShelf that outlives the service, as a database does."""

    def __init__(self) -> None:
        self.drafts: dict[TicketId, TicketDraft] = {}

    async def get(self, ticket_id: TicketId) -> TicketDraft | None:
        return self.drafts.get(ticket_id)

    async def get_for_call(self, call_id: CallId) -> TicketDraft | None:
        return next((d for d in self.drafts.values() if d.call_id == call_id), None)

    async def put(self, draft: TicketDraft) -> None:
        kept = self.drafts.get(draft.ticket_id)
        if kept is None or kept.revision < draft.revision:
            self.drafts[draft.ticket_id] = draft
