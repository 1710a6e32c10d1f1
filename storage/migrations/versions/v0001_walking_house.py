"""Lay the tables of the first house: facts, tickets, campaigns and the words that were said."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _facts()
    _tickets()
    _campaigns()
    _words()


def downgrade() -> None:
    op.execute("DROP TABLE transcript_words")
    for table in (
        "transcript_lines", "campaign_answers", "campaign_attempts", "campaign_contacts", "campaigns",
        "tickets", "listeners", "events",
    ):  # fmt: skip
        op.drop_table(table)


def _facts() -> None:
    op.create_table(
        "events",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_events"),
        sa.UniqueConstraint("event_id", name="uq_events_event_id"),
        sa.UniqueConstraint("call_id", "seq", name="uq_events_call_id_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_kind_position", "events", ["kind", "position"])
    op.create_table(
        "listeners",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_listeners"),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("ticket_id", sa.String(128), nullable=False),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_tickets"),
    )
    op.create_index("ix_tickets_call_id", "tickets", ["call_id"])


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("line_url", sa.String(500), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_campaigns"),
    )
    op.create_table(
        "campaign_contacts",
        sa.Column("campaign_id", sa.String(64), nullable=False),
        sa.Column("contact_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(64), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("ticket_ref", sa.String(64), nullable=True),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("needs_human", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "contact_id", name="pk_campaign_contacts"),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.campaign_id"],
            name="fk_campaign_contacts_campaign_id_campaigns",
        ),
    )
    _attempts_and_answers()


def _attempts_and_answers() -> None:
    contact = ["campaign_id", "contact_id"]
    contact_target = ["campaign_contacts.campaign_id", "campaign_contacts.contact_id"]
    op.create_table(
        "campaign_attempts",
        sa.Column("campaign_id", sa.String(64), nullable=False),
        sa.Column("contact_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(*contact, "number", name="pk_campaign_attempts"),
        sa.ForeignKeyConstraint(
            contact,
            contact_target,
            name="fk_campaign_attempts_campaign_id_contact_id_campaign_contacts",
        ),
    )
    op.create_index("ix_campaign_attempts_call_id", "campaign_attempts", ["call_id"], unique=True)
    op.create_table(
        "campaign_answers",
        sa.Column("campaign_id", sa.String(64), nullable=False),
        sa.Column("contact_id", sa.String(64), nullable=False),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("value", sa.String(32), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("segment_id", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint(*contact, "question_id", name="pk_campaign_answers"),
        sa.ForeignKeyConstraint(
            contact,
            contact_target,
            name="fk_campaign_answers_campaign_id_contact_id_campaign_contacts",
        ),
    )


def _words() -> None:
    op.create_table(
        "transcript_lines",
        sa.Column("line", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("segment_id", sa.String(128), nullable=False),
        sa.Column("call_id", sa.String(128), nullable=False),
        sa.Column("leg", sa.String(16), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(16), nullable=True),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("line", name="pk_transcript_lines"),
        sa.UniqueConstraint("segment_id", name="uq_transcript_lines_segment_id"),
    )
    op.create_index("ix_transcript_lines_said_at", "transcript_lines", ["said_at"])
    op.execute("CREATE VIRTUAL TABLE transcript_words USING fts5(words, pairs, tokenize = 'ascii')")
