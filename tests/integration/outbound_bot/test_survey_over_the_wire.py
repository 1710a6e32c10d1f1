"""Call simulated people over a real WebSocket wire: keys, silence and a hang-up need no recogniser."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

import httpx
import pytest

from app.clock import SystemClock
from domain.audio import Leg
from domain.events import CallStarted, SurveyFinished, TranscriptFinalised
from domain.ids import CampaignId, ContactId
from domain.language import EN, ZH
from domain.survey import DialOutcome
from outbound_bot.answer_reader import AnswerReader
from outbound_bot.contact_list import read_contacts
from outbound_bot.dialer import Dialer
from outbound_bot.engines.http_line import HttpLine
from outbound_bot.script_file import read_script
from outbound_bot.settings import OutboundSettings
from rehearsal.callee import callee_app
from rehearsal.callee_behaviour import Behaviours
from storage.engine import Database
from storage.repositories.campaigns import CampaignRecord, CampaignRepository, ContactRecord
from tests.fakes.database import a_database
from tests.fakes.gateway import RunningGateway, running_gateway
from tests.fakes.voice import FakeVoice

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "rehearsal" / "data" / "survey" / "return-visit.yaml"
CAMPAIGN, CONTACT = CampaignId("k"), ContactId("c1")
QUICK = OutboundSettings(silence_ms=600, settle_ms=50, goodbye_wait_ms=3_000)


@asynccontextmanager
async def house(tmp_path: Path) -> AsyncIterator[tuple[Dialer, RunningGateway, Database]]:
    """A running gateway, a line with its people, and a dialer between them."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(a_database(tmp_path))
        running = await stack.enter_async_context(running_gateway(clock=clock))
        app = callee_app(
            wire_url=running.url,
            voice=FakeVoice(ms_per_character=10),
            log_path=tmp_path / "calls.jsonl",
            ring_s=0,
            reaction_s=0.2,
        )
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
        )
        ids = count(1)
        dialer = Dialer(
            database=database,
            bus=running.bus,
            live_calls=running.switchboard,
            voice=FakeVoice(ms_per_character=10),
            line_for=lambda url: HttpLine(
                client=client, line_url=url, wire_url=running.url, ring_timeout_s=10
            ),
            reader=AnswerReader.load(),
            clock=clock,
            settings=QUICK,
            new_id=lambda: f"out-{next(ids)}",
        )
        yield dialer, running, database


async def keep(database: Database, number: str) -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    campaign = CampaignRecord(
        campaign_id=CAMPAIGN,
        name="wire",
        script=script,
        line_url="http://line.test",
        created_at_ms=0,
    )
    contact = ContactRecord(
        campaign_id=CAMPAIGN,
        contact_id=CONTACT,
        name="王",
        phone=number,
        language=EN if number.endswith(".en") else ZH,
    )
    async with database.writing() as session:
        await CampaignRepository(session).add(campaign, [contact])


@pytest.mark.parametrize(
    ("number", "outcome", "values"),
    [
        ("sim:keys", DialOutcome.COMPLETED, ["yes", "yes", "yes"]),
        ("sim:keys.en", DialOutcome.COMPLETED, ["yes", "yes", "yes"]),
        ("sim:silence", DialOutcome.NO_SPEECH, []),
        ("sim:busy", DialOutcome.NO_ANSWER, []),
        ("sim:noanswer", DialOutcome.NO_ANSWER, []),
        ("sim:who", DialOutcome.NO_ANSWER, []),
    ],
)
async def test_people_are_called_over_a_real_wire(
    tmp_path: Path, number: str, outcome: DialOutcome, values: list[str]
) -> None:
    async with house(tmp_path) as (dialer, running, database):
        await keep(database, number)

        assert await dialer.visit(CAMPAIGN, CONTACT) is None
        await dialer.announce(CAMPAIGN, CONTACT)

        [finished] = running.bus.of(SurveyFinished)
        assert finished.result.outcome is outcome
        assert [answer.value for answer in finished.result.answers] == values


async def test_a_call_carries_its_campaign_and_is_labelled_synthetic(tmp_path: Path) -> None:
    async with house(tmp_path) as (dialer, running, database):
        await keep(database, "sim:keys")

        await dialer.visit(CAMPAIGN, CONTACT)

        [started] = running.bus.of(CallStarted)
        assert (started.call_id, started.info.campaign_contact) == ("out-1", "k/c1")
        assert started.info.synthetic
        spoken = [
            event.segment.text
            for event in running.bus.of(TranscriptFinalised)
            if event.segment.leg is Leg.BOT
        ]
        assert "人工智能" in spoken[0]
        assert spoken[-1].endswith("再见。")


def test_the_people_of_the_sample_list_all_exist() -> None:
    script = read_script(SCRIPT.read_text(encoding="utf-8"))
    text = (SCRIPT.parent / "contacts.csv").read_text(encoding="utf-8")
    contacts = read_contacts(text, languages=script.languages).contacts

    people = [Behaviours.load().of(contact.phone) for contact in contacts]

    assert len(people) == 6
    assert [person.language for person in people] == [contact.language for contact in contacts]
