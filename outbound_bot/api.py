"""Offer campaigns over HTTP; names leave masked, numbers do not leave at all."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from domain.ids import CampaignId
from domain.survey import SurveyAnswer
from outbound_bot.campaigns import CampaignDetail, Campaigns, CampaignSummary
from outbound_bot.contact_list import Duplicate, mask_name
from outbound_bot.outcome import Surveyed, rates
from storage.repositories.campaigns import AttemptRecord, ContactRecord


class NewCampaign(BaseModel):
    """A script (YAML text), a list (CSV text) and the telephone line to dial over."""

    script: str = Field(max_length=100_000)
    contacts: str = Field(max_length=5_000_000)
    line_url: str = Field(max_length=500)


class CampaignItem(BaseModel):
    """A campaign in the list."""

    campaign_id: str
    name: str
    state: str
    created_at: datetime
    contacts_total: int
    contacts_done: int
    outcomes: dict[str, int]


class CampaignList(BaseModel):
    """Newest first."""

    campaigns: list[CampaignItem]


class QuestionItem(BaseModel):
    """A question as the desk names it."""

    question_id: str
    title_zh: str
    title_en: str
    kind: str


class RateItem(BaseModel):
    """A rate over ``n`` surveyed people; null when nobody was surveyed."""

    value: float | None
    n: int


class AttemptItem(BaseModel):
    """One attempt."""

    number: int
    call_id: str | None
    state: str
    outcome: str | None
    started_at: datetime


class AnswerItem(BaseModel):
    """One confirmed answer."""

    question_id: str
    value: str
    source: str
    heard: str


class ContactItem(BaseModel):
    """One person, name masked."""

    contact_id: str
    name_masked: str
    language: str
    ticket_ref: str | None
    outcome: str | None
    needs_human: bool
    attempts: list[AttemptItem]
    answers: list[AnswerItem]


class DuplicateItem(BaseModel):
    """A line of the list that is not called, because its number stands on ``first_line``."""

    line: int
    first_line: int


class CampaignPage(CampaignItem):
    """A campaign with its people and its figures."""

    questions: list[QuestionItem]
    rates: dict[str, RateItem]
    contacts: list[ContactItem]


class AcceptedPage(CampaignPage):
    """A campaign just taken, with its pre-flight report."""

    duplicates: list[DuplicateItem]


def build_router(campaigns: Campaigns) -> APIRouter:
    router = APIRouter(prefix="/api/campaigns", tags=["campaigns"])

    @router.get("", summary="All campaigns, newest first")
    async def list_campaigns() -> CampaignList:
        return CampaignList(
            campaigns=[CampaignItem(**_summary(each)) for each in await campaigns.summaries()]
        )

    @router.post(
        "",
        status_code=201,
        summary="Start a campaign; the same script and list again is the same campaign",
    )
    async def start_campaign(new: NewCampaign) -> AcceptedPage:
        accepted = await campaigns.start(
            script=new.script, contacts=new.contacts, line_url=new.line_url
        )
        detail = await campaigns.detail(accepted.campaign_id)
        return AcceptedPage(
            **_page(detail), duplicates=[_duplicate(each) for each in accepted.duplicates]
        )

    @router.get("/{campaign_id}", summary="One campaign: contacts, attempts, answers, rates")
    async def show_campaign(campaign_id: str) -> CampaignPage:
        return CampaignPage(**_page(await campaigns.detail(CampaignId(campaign_id))))

    return router


def _summary(summary: CampaignSummary) -> dict[str, object]:
    total = sum(summary.counts.values())
    done = {outcome: count for outcome, count in summary.counts.items() if outcome is not None}
    return {
        "campaign_id": summary.campaign.campaign_id,
        "name": summary.campaign.name,
        "state": "finished" if sum(done.values()) == total else "running",
        "created_at": _moment(summary.campaign.created_at_ms),
        "contacts_total": total,
        "contacts_done": sum(done.values()),
        "outcomes": {str(outcome): count for outcome, count in done.items()},
    }


def _page(detail: CampaignDetail) -> dict[str, object]:
    surveyed = [
        Surveyed(outcome=contact.outcome, answers=detail.answers.get(contact.contact_id, ()))
        for contact in detail.contacts
    ]
    return {
        **_summary(detail.summary),
        "questions": _questions(detail),
        "rates": {
            str(rate): RateItem(value=figure.value, n=figure.n)
            for rate, figure in rates(detail.script, surveyed).items()
        },
        "contacts": [_contact(detail, contact) for contact in detail.contacts],
    }


def _questions(detail: CampaignDetail) -> list[QuestionItem]:
    titles = [
        (question, {str(tag): text for tag, text in question.title.items()})
        for question in detail.script.questions
    ]
    return [
        QuestionItem(
            question_id=question.question_id,
            title_zh=title["zh"],
            title_en=title["en"],
            kind=question.kind,
        )
        for question, title in titles
    ]


def _contact(detail: CampaignDetail, contact: ContactRecord) -> ContactItem:
    return ContactItem(
        contact_id=contact.contact_id,
        name_masked=mask_name(contact.name),
        language=contact.language,
        ticket_ref=contact.ticket_ref,
        outcome=contact.outcome,
        needs_human=contact.needs_human,
        attempts=[
            _attempt(each) for each in detail.attempts if each.contact_id == contact.contact_id
        ],
        answers=[_answer(each) for each in detail.answers.get(contact.contact_id, ())],
    )


def _attempt(attempt: AttemptRecord) -> AttemptItem:
    return AttemptItem(
        number=attempt.number,
        call_id=attempt.call_id,
        state=attempt.state,
        outcome=attempt.outcome,
        started_at=_moment(attempt.started_at_ms),
    )


def _answer(answer: SurveyAnswer) -> AnswerItem:
    return AnswerItem(
        question_id=answer.question_id, value=answer.value, source=answer.source, heard=answer.heard
    )


def _duplicate(duplicate: Duplicate) -> DuplicateItem:
    return DuplicateItem(line=duplicate.line, first_line=duplicate.first_line)


def _moment(utc_ms: int) -> datetime:
    return datetime.fromtimestamp(utc_ms / 1000, UTC)
