"""Lay out what a survey campaign remembers: whom to call, every attempt, every answer.

Times are milliseconds since 1970 in UTC. Names, numbers and words heard are personal data and stay in these columns.
"""

from sqlalchemy import BigInteger, Boolean, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class CampaignRow(Base):
    """One script over one list; the id is derived from both, so the same pair is the same campaign."""

    __tablename__ = "campaigns"

    campaign_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    script: Mapped[str] = mapped_column(Text)
    line_url: Mapped[str] = mapped_column(String(500))
    created_at_ms: Mapped[int] = mapped_column(BigInteger)


class CampaignContactRow(Base):
    """One person to call. ``outcome`` is NULL until the machine is done with them."""

    __tablename__ = "campaign_contacts"

    campaign_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    contact_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)  # in the list
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    ticket_ref: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(32))
    needs_human: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (ForeignKeyConstraint(["campaign_id"], ["campaigns.campaign_id"]),)


class CampaignAttemptRow(Base):
    """One attempt, written before the number is dialled; the key makes a second dial of it impossible."""

    __tablename__ = "campaign_attempts"

    campaign_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    contact_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    call_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(32))
    started_at_ms: Mapped[int] = mapped_column(BigInteger)
    ended_at_ms: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "contact_id"],
            ["campaign_contacts.campaign_id", "campaign_contacts.contact_id"],
        ),
        Index("ix_campaign_attempts_call_id", "call_id", unique=True),
    )


class CampaignAnswerRow(Base):
    """One confirmed answer, kept as soon as it was given so that a crash loses at most the question in progress."""

    __tablename__ = "campaign_answers"

    campaign_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    contact_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)  # in the order of the talk
    call_id: Mapped[str] = mapped_column(String(64))
    value: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(16))
    heard: Mapped[str] = mapped_column(Text)
    segment_id: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "contact_id"],
            ["campaign_contacts.campaign_id", "campaign_contacts.contact_id"],
        ),
    )
