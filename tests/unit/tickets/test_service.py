"""Drafts are published, kept, restored after a restart, and reopened by a return visit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from domain.audio import Leg
from domain.call import CallInfo, Direction
from domain.events import (
    CallStarted,
    Event,
    LanguageGuessed,
    SurveyAnswered,
    SurveyFinished,
    TicketDrafted,
    TranscriptFinalised,
)
from domain.ids import CallId, CampaignId, ContactId, SegmentId
from domain.language import EN, LanguageGuess
from domain.survey import AnswerSource, DialOutcome, SurveyAnswer, SurveyResult
from domain.ticket import TicketState
from domain.transcript import TranscriptSegment
from tests.fakes.bus import FakeBus
from tests.fakes.ticket_shelf import MemoryTicketShelf
from tests.fakes.understood_talk import CARD_LOST, Talk
from tickets import TicketService, ticket_id_for

SURVEY = CallId("survey-1")


@asynccontextmanager
async def at_work(bus: FakeBus, shelf: MemoryTicketShelf) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(TicketService(bus, shelf).run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        yield
        task.cancel()


def survey_begins() -> CallStarted:
    info = CallInfo(call_id=SURVEY, direction=Direction.OUTBOUND, wire="test")
    return CallStarted(call_id=SURVEY, info=info)


def answered(answer: SurveyAnswer) -> SurveyAnswered:
    return SurveyAnswered(
        call_id=SURVEY, campaign_id=CampaignId("c"), contact_id=ContactId("1"), answer=answer
    )


def finished(*answers: SurveyAnswer, ticket_ref: str | None = None) -> SurveyFinished:
    result = SurveyResult(
        campaign_id=CampaignId("c"),
        contact_id=ContactId("1"),
        outcome=DialOutcome.COMPLETED,
        answers=answers,
    )
    return SurveyFinished(call_id=SURVEY, result=result, ticket_ref=ticket_ref)


def spoken(value: str, segment: TranscriptSegment) -> SurveyAnswer:
    return SurveyAnswer(
        question_id="solved",
        value=value,
        source=AnswerSource.SPEECH,
        heard=segment.text,
        segment_id=segment.segment_id,
    )


def pressed(key: str) -> SurveyAnswer:
    return SurveyAnswer(
        question_id="solved", value="no", source=AnswerSource.KEYS, heard=key, segment_id=None
    )


async def publish(bus: FakeBus, *events: Event) -> None:
    for event in events:
        await bus.publish(event)


async def test_a_draft_is_published_and_kept() -> None:
    bus, shelf, talk = FakeBus(), MemoryTicketShelf(), Talk()
    async with at_work(bus, shelf):
        await publish(bus, talk.say("社保卡丢了", topic=CARD_LOST), talk.say("电话13800138000"))
        drafted = await bus.until(TicketDrafted, count=2)
        await bus.publish(talk.say("嗯"))
        await bus.publish(talk.say("我叫李芳"))
        drafted = await bus.until(TicketDrafted, count=3)

    assert [d.draft.revision for d in drafted] == [1, 2, 3]
    assert all(d.call_id == talk.call_id for d in drafted)
    assert shelf.drafts[ticket_id_for(talk.call_id)] == drafted[-1].draft


async def test_a_restart_goes_on_with_the_draft_it_left() -> None:
    bus, shelf, talk = FakeBus(), MemoryTicketShelf(), Talk()
    async with at_work(bus, shelf):
        await bus.publish(talk.say("社保卡丢了", topic=CARD_LOST))
        await bus.until(TicketDrafted)

    reborn = FakeBus(bus.event_log)
    async with at_work(reborn, shelf):
        await reborn.publish(talk.say("电话13800138000"))
        drafted = await reborn.until(TicketDrafted, that=lambda d: d.draft.revision == 2)

    assert {f.name for f in drafted[-1].draft.fields} >= {"matter", "caller_phone"}


async def test_a_crash_between_publishing_and_keeping_loses_nothing() -> None:
    bus, shelf, talk = FakeBus(), MemoryTicketShelf(), Talk()
    said = talk.say("社保卡丢了", topic=CARD_LOST)
    async with at_work(bus, shelf):
        await bus.publish(said)
        (first,) = await bus.until(TicketDrafted)
        shelf.drafts.clear()
        await bus.publish(said)
        again = await bus.until(TicketDrafted, count=2)

    assert again[-1].draft == first.draft


async def test_the_guessed_language_is_written_down() -> None:
    bus, shelf, talk = FakeBus(), MemoryTicketShelf(), Talk()
    guess = LanguageGuess(language=EN, probability=0.9)
    heard = LanguageGuessed(call_id=talk.call_id, leg=Leg.CALLER, guess=guess, decided_at_ms=900)
    agents = replace(heard, leg=Leg.AGENT, guess=replace(guess, language=None))
    async with at_work(bus, shelf):
        await publish(bus, heard, agents, talk.say("电话13800138000", language=None))
        (drafted,) = await bus.until(TicketDrafted)

    language = drafted.draft.field("language")
    assert language is not None
    assert language.value == "en"


async def test_not_solved_reopens_the_ticket_the_visit_was_about() -> None:
    bus, shelf, talk, visit = FakeBus(), MemoryTicketShelf(), Talk(), Talk(SURVEY)
    answer = visit.segment("没有 还是没解决")
    said = spoken("no", answer)
    async with at_work(bus, shelf):
        await bus.publish(talk.say("社保卡丢了", topic=CARD_LOST))
        await bus.until(TicketDrafted)
        await publish(
            bus,
            survey_begins(),
            TranscriptFinalised(call_id=SURVEY, segment=answer),
            answered(said),
            finished(said, ticket_ref=ticket_id_for(talk.call_id)),
        )
        reopened = (await bus.until(TicketDrafted, count=2))[-1]

    assert reopened.call_id == talk.call_id
    assert reopened.draft.state is TicketState.REOPENED
    assert reopened.draft.revision == 2
    visit_field = reopened.draft.field("return_visit")
    assert visit_field is not None
    (words,) = visit_field.evidence
    assert (words.call_id, words.segment_id) == (SURVEY, answer.segment_id)
    assert answer.text[words.start_char : words.end_char] == words.quote
    assert reopened.draft.field("matter") is not None


async def test_a_key_points_at_the_question_it_replied_to() -> None:
    bus, shelf, visit = FakeBus(), MemoryTicketShelf(), Talk(SURVEY)
    question = visit.segment("您的问题解决了吗?解决请按1,没有请按2", Leg.BOT)
    goodbye = visit.segment("感谢您的接听,再见", Leg.BOT)
    said = pressed("2")
    async with at_work(bus, shelf):
        await publish(
            bus,
            survey_begins(),
            TranscriptFinalised(call_id=SURVEY, segment=question),
            answered(said),
            TranscriptFinalised(call_id=SURVEY, segment=goodbye),
            finished(said, ticket_ref="T-unknown"),
        )
        (drafted,) = await bus.until(TicketDrafted)

    field = drafted.draft.field("return_visit")
    assert drafted.call_id == SURVEY
    assert drafted.draft.state is TicketState.REOPENED
    assert field is not None
    assert [(e.leg, e.quote) for e in field.evidence] == [(Leg.BOT, question.text)]


async def test_words_forgotten_in_a_restart_are_quoted_from_the_survey() -> None:
    bus, shelf = FakeBus(), MemoryTicketShelf()
    said = SurveyAnswer(
        question_id="solved",
        value="no",
        source=AnswerSource.SPEECH,
        heard="没有解决",
        segment_id=SegmentId("gone"),
    )
    async with at_work(bus, shelf):
        await bus.publish(finished(said))
        (drafted,) = await bus.until(TicketDrafted)

    field = drafted.draft.field("return_visit")
    assert field is not None
    assert [(e.segment_id, e.quote) for e in field.evidence] == [("gone", "没有解决")]


async def test_solved_and_finished_twice_change_nothing() -> None:
    bus, shelf, talk, visit = FakeBus(), MemoryTicketShelf(), Talk(), Talk(SURVEY)
    yes, no = visit.segment("解决了"), visit.segment("没有")
    async with at_work(bus, shelf):
        await publish(
            bus,
            survey_begins(),
            TranscriptFinalised(call_id=SURVEY, segment=yes),
            finished(spoken("yes", yes)),
            finished(spoken("no", no)),
            finished(spoken("no", no)),
            talk.say("社保卡丢了", topic=CARD_LOST),
        )
        drafted = await bus.until(TicketDrafted, that=lambda d: d.call_id == talk.call_id)

    assert len(drafted) == 1
    assert [d.draft.revision for d in bus.of(TicketDrafted) if d.call_id == SURVEY] == [1]


async def test_what_is_said_to_the_bot_fills_no_ordinary_ticket() -> None:
    bus, shelf, talk, visit = FakeBus(), MemoryTicketShelf(), Talk(), Talk(SURVEY)
    async with at_work(bus, shelf):
        await publish(
            bus,
            survey_begins(),
            visit.say("我的社保卡还是没有补到", topic=CARD_LOST),
            talk.say("社保卡丢了", topic=CARD_LOST),
        )
        await bus.until(TicketDrafted)

    assert [d.call_id for d in bus.of(TicketDrafted)] == [talk.call_id]
