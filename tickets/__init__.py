"""Fill a ticket draft while people talk, so that every field points at the words it came from."""

from tickets.draft import ticket_id_for
from tickets.labels import FIELD_LABELS
from tickets.service import TicketService
from tickets.settings import TicketsSettings
from tickets.shelf import TicketShelf

__all__ = ["FIELD_LABELS", "TicketService", "TicketShelf", "TicketsSettings", "ticket_id_for"]
