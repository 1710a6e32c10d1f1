"""Remember campaigns: who is on the list, every attempt before it is dialled, every answer as it is given."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import NotFound, Refused
from domain.ids import CallId, CampaignId, ContactId, SegmentId
from domain.language import LanguageTag
from domain.survey import AnswerSource, DialOutcome, SurveyAnswer
from storage.tables.campaigns import (
    CampaignAnswerRow,
    CampaignAttemptRow,
    CampaignContactRow,
    CampaignRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRecord:
    """A campaign as kept; ``script`` is the text it was started with. Times are UTC milliseconds since 1970."""

    campaign_id: CampaignId
    name: str
    script: str
    line_url: str
    created_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """A contact as kept; ``outcome`` is None until the machine is done with them."""

    campaign_id: CampaignId
    contact_id: ContactId
    name: str
    phone: str
    language: LanguageTag
    ticket_ref: str | None = None
    outcome: DialOutcome | None = None
    needs_human: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One attempt; ``state`` is ``dialling``, ``answered`` or ``ended``. No outcome means nobody knows how it ended."""

    contact_id: ContactId
    number: int
    call_id: CallId
    state: str
    outcome: DialOutcome | None
    started_at_ms: int


class CampaignRepository:
    """The campaigns as seen by one session; writes are flushed here and committed by whoever opened it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, campaign: CampaignRecord, contacts: Iterable[ContactRecord]) -> None:
        """Adding the same campaign again only changes the line it dials over."""
        kept = insert(CampaignRow).values(
            campaign_id=campaign.campaign_id, name=campaign.name, script=campaign.script,
            line_url=campaign.line_url, created_at_ms=campaign.created_at_ms,
        )  # fmt: skip
        await self._session.execute(
            kept.on_conflict_do_update(
                index_elements=["campaign_id"], set_={"line_url": campaign.line_url}
            )
        )
        for place, contact in enumerate(contacts):
            await self._session.execute(_contact_row(contact, place))

    async def campaign(self, campaign_id: CampaignId) -> CampaignRecord:
        """Raises NotFound."""
        row = await self._session.get(CampaignRow, campaign_id)
        if row is None:
            raise NotFound("outbound_bot.campaign", f"there is no campaign {campaign_id}")
        return _campaign(row)

    async def campaigns(self) -> list[CampaignRecord]:
        """Newest first."""
        query = select(CampaignRow).order_by(
            CampaignRow.created_at_ms.desc(), CampaignRow.campaign_id
        )
        return [_campaign(row) for row in await self._session.scalars(query)]

    async def outcome_counts(self, campaign_id: CampaignId) -> dict[DialOutcome | None, int]:
        """How many contacts ended how; None counts those still to be reached."""
        column = CampaignContactRow.outcome
        query = (
            select(column, func.count())
            .where(CampaignContactRow.campaign_id == campaign_id)
            .group_by(column)
        )
        rows = await self._session.execute(query)
        return {DialOutcome(outcome) if outcome else None: count for outcome, count in rows}

    async def contact(self, campaign_id: CampaignId, contact_id: ContactId) -> ContactRecord:
        """Raises NotFound."""
        row = await self._session.get(CampaignContactRow, (campaign_id, contact_id))
        if row is None:
            raise NotFound(
                "outbound_bot.contact", f"campaign {campaign_id} has no contact {contact_id}"
            )
        return _contact(row)

    async def contacts(self, campaign_id: CampaignId) -> list[ContactRecord]:
        """In the order of the list."""
        query = (
            select(CampaignContactRow)
            .where(CampaignContactRow.campaign_id == campaign_id)
            .order_by(CampaignContactRow.place)
        )
        return [_contact(row) for row in await self._session.scalars(query)]

    async def unfinished(self) -> list[tuple[CampaignId, ContactId]]:
        """Everybody the machine still owes a call or a verdict, oldest campaign first."""
        query = (
            select(CampaignContactRow.campaign_id, CampaignContactRow.contact_id)
            .join(CampaignRow, CampaignRow.campaign_id == CampaignContactRow.campaign_id)
            .where(CampaignContactRow.outcome.is_(None))
            .order_by(CampaignRow.created_at_ms, CampaignContactRow.place)
        )
        rows = await self._session.execute(query)
        return [(CampaignId(campaign), ContactId(contact)) for campaign, contact in rows]

    async def finish_contact(
        self,
        campaign_id: CampaignId,
        contact_id: ContactId,
        outcome: DialOutcome,
        *,
        needs_human: bool,
    ) -> None:
        """The first outcome stands; the machine never overwrites a verdict."""
        await self._session.execute(
            update(CampaignContactRow)
            .where(
                CampaignContactRow.campaign_id == campaign_id,
                CampaignContactRow.contact_id == contact_id,
                CampaignContactRow.outcome.is_(None),
            )
            .values(outcome=outcome, needs_human=needs_human)
        )

    async def begin_attempt(
        self,
        campaign_id: CampaignId,
        contact_id: ContactId,
        *,
        number: int,
        call_id: CallId,
        now_ms: int,
    ) -> None:
        """To be committed before the number is dialled. Raises Refused when this attempt was begun before."""
        added = await self._session.execute(
            insert(CampaignAttemptRow)
            .values(
                campaign_id=campaign_id, contact_id=contact_id, number=number,
                call_id=call_id, state="dialling", started_at_ms=now_ms,
            )
            .on_conflict_do_nothing()
            .returning(CampaignAttemptRow.number)
        )  # fmt: skip
        if added.first() is None:
            raise Refused(
                "outbound_bot.attempt",
                f"attempt {number} of {contact_id} was already begun; it is never dialled twice",
            )

    async def mark_answered(self, call_id: CallId) -> None:
        await self._session.execute(
            update(CampaignAttemptRow)
            .where(CampaignAttemptRow.call_id == call_id)
            .values(state="answered")
        )

    async def end_attempt(self, call_id: CallId, outcome: DialOutcome, *, now_ms: int) -> None:
        await self._session.execute(
            update(CampaignAttemptRow)
            .where(CampaignAttemptRow.call_id == call_id, CampaignAttemptRow.outcome.is_(None))
            .values(state="ended", outcome=outcome, ended_at_ms=now_ms)
        )

    async def withdraw_attempt(self, call_id: CallId) -> None:
        """It was never dialled: the line did not take it."""
        await self._session.execute(
            delete(CampaignAttemptRow).where(CampaignAttemptRow.call_id == call_id)
        )

    async def attempts(
        self, campaign_id: CampaignId, contact_id: ContactId | None = None
    ) -> list[AttemptRecord]:
        """Of one contact, or of all of them; in order."""
        query = select(CampaignAttemptRow).where(CampaignAttemptRow.campaign_id == campaign_id)
        if contact_id is not None:
            query = query.where(CampaignAttemptRow.contact_id == contact_id)
        query = query.order_by(CampaignAttemptRow.contact_id, CampaignAttemptRow.number)
        return [_attempt(row) for row in await self._session.scalars(query)]

    async def keep_answer(
        self, campaign_id: CampaignId, contact_id: ContactId, call_id: CallId, answer: SurveyAnswer
    ) -> None:
        """The first answer to a question stands."""
        place = select(func.count()).where(
            CampaignAnswerRow.campaign_id == campaign_id, CampaignAnswerRow.contact_id == contact_id
        )
        await self._session.execute(
            insert(CampaignAnswerRow)
            .values(
                campaign_id=campaign_id, contact_id=contact_id, question_id=answer.question_id,
                place=place.scalar_subquery(), call_id=call_id, value=answer.value,
                source=answer.source, heard=answer.heard, segment_id=answer.segment_id,
            )
            .on_conflict_do_nothing()
        )  # fmt: skip

    async def answers(
        self, campaign_id: CampaignId, contact_id: ContactId | None = None
    ) -> dict[ContactId, tuple[SurveyAnswer, ...]]:
        """Of one contact, or of all of them; by contact, in the order they were given."""
        query = select(CampaignAnswerRow).where(CampaignAnswerRow.campaign_id == campaign_id)
        if contact_id is not None:
            query = query.where(CampaignAnswerRow.contact_id == contact_id)
        query = query.order_by(CampaignAnswerRow.contact_id, CampaignAnswerRow.place)
        found: dict[ContactId, tuple[SurveyAnswer, ...]] = {}
        for row in await self._session.scalars(query):
            contact_id = ContactId(row.contact_id)
            found[contact_id] = (*found.get(contact_id, ()), _answer(row))
        return found


def _contact_row(contact: ContactRecord, place: int) -> Insert:
    return (
        insert(CampaignContactRow)
        .values(
            campaign_id=contact.campaign_id, contact_id=contact.contact_id, place=place,
            name=contact.name, phone=contact.phone, language=contact.language,
            ticket_ref=contact.ticket_ref, needs_human=False,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


def _campaign(row: CampaignRow) -> CampaignRecord:
    return CampaignRecord(
        campaign_id=CampaignId(row.campaign_id), name=row.name, script=row.script,
        line_url=row.line_url, created_at_ms=row.created_at_ms,
    )  # fmt: skip


def _contact(row: CampaignContactRow) -> ContactRecord:
    return ContactRecord(
        campaign_id=CampaignId(row.campaign_id), contact_id=ContactId(row.contact_id), name=row.name,
        phone=row.phone, language=LanguageTag(row.language), ticket_ref=row.ticket_ref,
        outcome=DialOutcome(row.outcome) if row.outcome else None, needs_human=row.needs_human,
    )  # fmt: skip


def _attempt(row: CampaignAttemptRow) -> AttemptRecord:
    return AttemptRecord(
        contact_id=ContactId(row.contact_id), number=row.number, call_id=CallId(row.call_id), state=row.state,
        outcome=DialOutcome(row.outcome) if row.outcome else None, started_at_ms=row.started_at_ms,
    )  # fmt: skip


def _answer(row: CampaignAnswerRow) -> SurveyAnswer:
    return SurveyAnswer(
        question_id=row.question_id, value=row.value, source=AnswerSource(row.source), heard=row.heard,
        segment_id=SegmentId(row.segment_id) if row.segment_id else None,
    )  # fmt: skip
