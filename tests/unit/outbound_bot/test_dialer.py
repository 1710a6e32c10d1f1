"""The dialer calls whom it may, as often as it may, and knows what it does not know."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from domain.errors import EngineError
from domain.events import SurveyAnswered, SurveyFinished
from domain.ids import CallId, CampaignId, ContactId
from domain.language import ZH
from domain.survey import AnswerSource, DialOutcome
from outbound_bot.answer_reader import AnswerReader
from outbound_bot.dialer import Dialer
from outbound_bot.settings import OutboundSettings
from storage.engine import Database
from storage.repositories.campaigns import (
    AttemptRecord,
    CampaignRecord,
    CampaignRepository,
    ContactRecord,
)
from tests.fakes.bus import FakeBus
from tests.fakes.called_people import (
    BUSY,
    HANG_UP,
    KEY,
    LINE_DOWN,
    NO_ANSWER,
    SILENCE,
    VANISH,
    CalledPeople,
)
from tests.fakes.clock import FakeClock
from tests.fakes.database import a_database
from tests.fakes.voice import FakeVoice

CAMPAIGN = CampaignId("campaign-1")
CONTACT = ContactId("c1")
NUMBER = "sim:yes"
HAPPY = ["可以", "联系过了", "已经解决了", "很满意"]
QUICK = OutboundSettings(
    silence_ms=30, settle_ms=10, words_wait_ms=50, wire_wait_ms=100, goodbye_wait_ms=100, lines=1
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(tmp_path) as database:
        yield database


class Desk:
    """A dialer with one contact, and what became of them."""

    def __init__(
        self,
        database: Database,
        reader: AnswerReader,
        script: str,
        replies: Sequence[str],
        clock: FakeClock,
    ) -> None:
        self.database = database
        self.bus = FakeBus(clock=clock)
        self.voice = FakeVoice(ms_per_character=1)
        self.people = CalledPeople(bus=self.bus, voice=self.voice, replies={NUMBER: replies})
        self.script = script
        ids = count(1)
        self.dialer = Dialer(
            database=database,
            bus=self.bus,
            live_calls=self.people,
            voice=self.voice,
            line_for=lambda url: self.people,
            reader=reader,
            clock=clock,
            settings=QUICK,
            new_id=lambda: f"call-{next(ids)}",
        )

    async def keep(self) -> None:
        campaign = CampaignRecord(
            campaign_id=CAMPAIGN,
            name="test",
            script=self.script,
            line_url="http://line",
            created_at_ms=0,
        )
        contact = ContactRecord(
            campaign_id=CAMPAIGN,
            contact_id=CONTACT,
            name="王建国",
            phone=NUMBER,
            language=ZH,
            ticket_ref="T-1",
        )
        async with self.database.writing() as session:
            await CampaignRepository(session).add(campaign, [contact])

    async def visit(self) -> float | None:
        async with asyncio.TaskGroup() as tasks:
            answering = tasks.create_task(self.people.run())
            again_in_s = await self.dialer.visit(CAMPAIGN, CONTACT)
            if again_in_s is None:
                await self.dialer.announce(CAMPAIGN, CONTACT)
            answering.cancel()
        return again_in_s

    async def contact(self) -> ContactRecord:
        async with self.database.reading() as session:
            return await CampaignRepository(session).contact(CAMPAIGN, CONTACT)

    async def attempts(self) -> list[AttemptRecord]:
        async with self.database.reading() as session:
            return await CampaignRepository(session).attempts(CAMPAIGN, CONTACT)

    def answers(self) -> list[tuple[str, str]]:
        said = self.bus.of(SurveyAnswered)
        return [(event.answer.question_id, event.answer.value) for event in said]


@asynccontextmanager
async def a_desk(
    database: Database,
    reader: AnswerReader,
    script: str,
    *replies: str,
    clock: FakeClock | None = None,
) -> AsyncIterator[Desk]:
    desk = Desk(database, reader, script, replies, clock or FakeClock())
    await desk.keep()
    yield desk


@pytest.mark.parametrize(
    ("replies", "outcome", "values", "needs_human"),
    [
        (HAPPY, DialOutcome.COMPLETED, ["yes", "yes", "yes"], False),
        (["好的", "有", "还没有解决", "对", "不满意", "是的"], DialOutcome.COMPLETED, ["yes", "no", "no"], True),
        (["方便", "联系过", "差不多吧", "部分解决", "一般", "还行吧"], DialOutcome.COMPLETED, ["yes", "partly", "partly"], False),
        ([KEY + "1", KEY + "1", KEY + "2", KEY + "1", KEY + "1"], DialOutcome.COMPLETED, ["yes", "no", "yes"], False),
        ([SILENCE, SILENCE, SILENCE], DialOutcome.NO_SPEECH, [], False),
        (["可以", "联系过", HANG_UP], DialOutcome.HUNG_UP, ["yes"], False),
        (["不需要,别打了"], DialOutcome.REFUSED, [], False),
        (["今天几号", "你猜呢", "天气预报"], DialOutcome.UNCLEAR, [], True),
        (["可以", VANISH], DialOutcome.INTERRUPTED, [], True),
    ],
)  # fmt: skip
async def test_each_kind_of_person_ends_as_they_should(
    database: Database,
    reader: AnswerReader,
    sample: str,
    replies: list[str],
    outcome: DialOutcome,
    values: list[str],
    needs_human: bool,
) -> None:
    async with a_desk(database, reader, sample, *replies) as desk:
        again_in_s = await desk.visit()

        contact = await desk.contact()
        assert (contact.outcome, again_in_s) == (outcome, None)
        assert [value for _, value in desk.answers()] == values
        assert contact.needs_human is needs_human
        [finished] = desk.bus.of(SurveyFinished)
        assert (finished.result.outcome, finished.ticket_ref) == (outcome, "T-1")
        assert [answer.value for answer in finished.result.answers] == values


async def test_an_answer_given_by_key_says_so(
    database: Database, reader: AnswerReader, sample: str
) -> None:
    async with a_desk(database, reader, sample, "可以", KEY + "1", *HAPPY[2:]) as desk:
        await desk.visit()

        sources = [event.answer.source for event in desk.bus.of(SurveyAnswered)]
        assert sources == [AnswerSource.KEYS, AnswerSource.SPEECH, AnswerSource.SPEECH]


async def test_the_machine_says_first_that_it_is_one(
    database: Database, reader: AnswerReader, sample: str
) -> None:
    async with a_desk(database, reader, sample, *HAPPY) as desk:
        await desk.visit()

        assert "人工智能" in desk.people.told[NUMBER][0]


@pytest.mark.parametrize("first", [BUSY, NO_ANSWER])
async def test_somebody_not_reached_is_tried_again_as_often_as_the_script_says(
    database: Database, reader: AnswerReader, sample: str, first: str
) -> None:
    script = with_attempts(sample, 2)
    async with a_desk(database, reader, script, first, *HAPPY) as desk:
        assert await desk.visit() == 600.0
        assert (await desk.contact()).outcome is None

        assert await desk.visit() is None

        assert (await desk.contact()).outcome is DialOutcome.COMPLETED
        assert [attempt.outcome for attempt in await desk.attempts()] == [
            DialOutcome.NO_ANSWER,
            DialOutcome.COMPLETED,
        ]


async def test_somebody_never_reached_is_left_alone_after_the_last_attempt(
    database: Database, reader: AnswerReader, sample: str
) -> None:
    async with a_desk(database, reader, with_attempts(sample, 2), BUSY, BUSY, BUSY) as desk:
        assert [await desk.visit(), await desk.visit(), await desk.visit()] == [600.0, None, None]

        assert desk.people.dialled == [NUMBER, NUMBER]
        assert (await desk.contact()).outcome is DialOutcome.NO_ANSWER


async def test_a_line_that_is_down_costs_no_attempt(
    database: Database, reader: AnswerReader, sample: str
) -> None:
    async with a_desk(database, reader, sample, LINE_DOWN, *HAPPY) as desk:
        assert await desk.visit() == QUICK.line_retry_s
        assert await desk.attempts() == []

        assert await desk.visit() is None

        assert (await desk.contact()).outcome is DialOutcome.COMPLETED


async def test_a_call_that_may_have_rung_when_we_died_is_never_dialled_again(
    database: Database, reader: AnswerReader, sample: str
) -> None:
    async with a_desk(database, reader, sample, *HAPPY) as desk:
        await leave_attempt_open(database)

        assert await desk.visit() is None

        contact = await desk.contact()
        assert (contact.outcome, contact.needs_human) == (DialOutcome.INTERRUPTED, True)
        assert desk.people.dialled == []


async def test_a_script_may_ask_to_call_back_after_an_interruption(
    database: Database, reader: AnswerReader, sample: str
) -> None:
    script = with_attempts(sample, 2).replace("hand_over\n", "call_back\n")
    async with a_desk(database, reader, script, *HAPPY) as desk:
        await leave_attempt_open(database)

        assert await desk.visit() == 600.0
        assert await desk.visit() is None

        assert (await desk.contact()).outcome is DialOutcome.COMPLETED


async def test_nobody_is_called_outside_the_permitted_hours(
    database: Database, reader: AnswerReader, sample: str
) -> None:
    script = sample.replace('from: "00:00", to: "23:59"', 'from: "09:00", to: "20:00"')
    evening = FakeClock(now=datetime(2026, 3, 2, 14, 0, tzinfo=UTC))  # 22:00 in Beijing
    async with a_desk(database, reader, script, *HAPPY, clock=evening) as desk:
        assert await desk.visit() == 11 * 3600

        assert desk.people.dialled == []


async def test_a_visit_already_made_is_not_made_again(
    database: Database, reader: AnswerReader, sample: str
) -> None:
    async with a_desk(database, reader, sample, *HAPPY, *HAPPY) as desk:
        assert [await desk.visit(), await desk.visit()] == [None, None]

        assert desk.people.dialled == [NUMBER]


async def test_a_voice_that_fails_mid_call_hands_the_contact_to_a_person(
    database: Database, reader: AnswerReader, sample: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_desk(database, reader, sample, *HAPPY) as desk:

        async def break_down(*_: object) -> None:
            raise EngineError("tts.engine", "the voice is gone", retryable=False)

        monkeypatch.setattr(desk.people, "play", break_down)
        assert await desk.visit() is None

        assert (await desk.contact()).outcome is DialOutcome.INTERRUPTED


def with_attempts(script: str, attempts: int) -> str:
    return script.replace(
        "attempts: 1, wait_seconds: 3600", f"attempts: {attempts}, wait_seconds: 600"
    )


async def leave_attempt_open(database: Database) -> None:
    async with database.writing() as session:
        await CampaignRepository(session).begin_attempt(
            CAMPAIGN, CONTACT, number=1, call_id=CallId("call-before"), now_ms=0
        )
