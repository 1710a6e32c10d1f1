"""Keep the newest revision of each ticket draft; the older ones are facts in the event log."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class TicketRow(Base):
    """One draft. ``fields`` is JSON: name, value and the evidence of each."""

    __tablename__ = "tickets"

    ticket_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(128), index=True)
    state: Mapped[str] = mapped_column(String(32))
    revision: Mapped[int]
    fields: Mapped[str] = mapped_column(Text)
