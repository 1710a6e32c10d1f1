"""Keep the facts in order, and how far each listener has read."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base
from storage.tables.times import UtcTime


class EventRow(Base):
    """One fact; rows are only ever added. ``payload`` is the codec's JSON."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("event_id"),
        UniqueConstraint("call_id", "seq"),
        Index(None, "kind", "position"),
        {
            "sqlite_autoincrement": True
        },  # a position is never given twice, even after rows were deleted
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(64))
    call_id: Mapped[str] = mapped_column(String(128))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(64))
    schema_version: Mapped[int]
    occurred_at: Mapped[datetime] = mapped_column(UtcTime)
    payload: Mapped[str] = mapped_column(Text)


class ListenerRow(Base):
    """How far a named listener has acknowledged."""

    __tablename__ = "listeners"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    position: Mapped[int]
