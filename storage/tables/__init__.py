"""Describe the tables, one file per topic; importing this package registers them all.

`storage.migrations` compares the database with what is listed here.
"""

from storage.tables.base import Base
from storage.tables.campaigns import (
    CampaignAnswerRow,
    CampaignAttemptRow,
    CampaignContactRow,
    CampaignRow,
)
from storage.tables.events import EventRow, ListenerRow
from storage.tables.tickets import TicketRow
from storage.tables.transcript_lines import TranscriptLineRow

TABLES = (
    CampaignAnswerRow,
    CampaignAttemptRow,
    CampaignContactRow,
    CampaignRow,
    EventRow,
    ListenerRow,
    TicketRow,
    TranscriptLineRow,
)

__all__ = ["TABLES", "Base"]
