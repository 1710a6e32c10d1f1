"""Keep every line that was said, for the search; the full-text table beside it is SQLite's own kind."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base
from storage.tables.times import UtcTime

WORDS_TABLE = "transcript_words"
# The tokens come ready from `tokens.py`; the ascii tokenizer only splits them at spaces and leaves the rest alone.
CREATE_WORDS = f"CREATE VIRTUAL TABLE {WORDS_TABLE} USING fts5(words, pairs, tokenize = 'ascii')"


class TranscriptLineRow(Base):
    """One final segment; ``line`` is the rowid of its entry in the full-text table."""

    __tablename__ = "transcript_lines"
    __table_args__ = (UniqueConstraint("segment_id"), Index(None, "said_at"))

    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    segment_id: Mapped[str] = mapped_column(String(128))
    call_id: Mapped[str] = mapped_column(String(128))
    leg: Mapped[str] = mapped_column(String(16))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(16))
    said_at: Mapped[datetime] = mapped_column(UtcTime)
