"""Campaigns over HTTP: names masked, numbers never, figures with their denominators."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from domain.errors import InputError, NotFound
from domain.ids import CallId, CampaignId, ContactId, SegmentId
from domain.language import EN, ZH
from domain.survey import AnswerSource, DialOutcome, SurveyAnswer
from outbound_bot.answer_reader import AnswerReader
from outbound_bot.api import build_router
from outbound_bot.campaigns import Campaigns
from outbound_bot.dialer import Dialer
from outbound_bot.settings import OutboundSettings
from storage.engine import Database
from storage.repositories.campaigns import CampaignRepository
from tests.fakes.bus import FakeBus
from tests.fakes.called_people import CalledPeople
from tests.fakes.clock import FakeClock
from tests.fakes.database import a_database
from tests.fakes.voice import FakeVoice

CONTACTS = """contact_id,name,phone,language,ticket_ref
c1,王小明,13800138000,zh,T-1
c2,Anna Lee,13900139000,en,
c3,王小明,138-0013-8000,zh,T-3
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(tmp_path) as database:
        yield database


@pytest.fixture
async def client(
    database: Database, reader: AnswerReader, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    clock, voice = FakeClock(), FakeVoice(languages=(ZH, EN))
    bus = FakeBus(clock=clock)
    people = CalledPeople(bus=bus, voice=voice, replies={})
    dialer = Dialer(
        database=database,
        bus=bus,
        live_calls=people,
        voice=voice,
        line_for=lambda url: people,
        reader=reader,
        clock=clock,
        settings=OutboundSettings(),
        new_id=lambda: "call-1",
    )
    campaigns = Campaigns(
        database=database,
        dialer=dialer,
        clock=clock,
        settings=OutboundSettings(),
        voice_languages=voice.languages,
        queue_path=tmp_path / "visits.db",
    )
    app = FastAPI()
    app.include_router(build_router(campaigns))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        yield client


def order(
    sample: str, contacts: str = CONTACTS, line_url: str = "http://line.test"
) -> dict[str, str]:
    return {"script": sample, "contacts": contacts, "line_url": line_url}


async def test_a_new_campaign_reports_whom_it_will_call_and_whom_not(
    client: httpx.AsyncClient, sample: str
) -> None:
    answer = await client.post("/api/campaigns", json=order(sample))

    assert answer.status_code == 201
    page = answer.json()
    assert (page["state"], page["contacts_total"], page["contacts_done"]) == ("running", 2, 0)
    assert page["duplicates"] == [{"line": 4, "first_line": 2}]
    assert [question["title_zh"] for question in page["questions"]] == [
        "是否联系",
        "是否解决",
        "是否满意",
    ]
    assert page["rates"]["solved"] == {"value": None, "n": 0}
    assert page["contacts"][1] == {
        "contact_id": "c2",
        "name_masked": "A*** L**",
        "language": "en",
        "ticket_ref": None,
        "outcome": None,
        "needs_human": False,
        "attempts": [],
        "answers": [],
    }
    assert "13800138000" not in answer.text
    assert "小明" not in answer.text


async def test_the_same_script_and_list_are_the_same_campaign_on_a_new_line(
    client: httpx.AsyncClient, sample: str, database: Database
) -> None:
    first = await client.post("/api/campaigns", json=order(sample))
    again = await client.post("/api/campaigns", json=order(sample, line_url="http://other.test"))

    assert again.json()["campaign_id"] == first.json()["campaign_id"]
    assert len((await client.get("/api/campaigns")).json()["campaigns"]) == 1
    async with database.reading() as session:
        campaign = await CampaignRepository(session).campaign(first.json()["campaign_id"])
    assert campaign.line_url == "http://other.test"


async def test_a_finished_campaign_shows_outcomes_attempts_answers_and_rates(
    client: httpx.AsyncClient, sample: str, database: Database
) -> None:
    campaign_id = CampaignId(
        (await client.post("/api/campaigns", json=order(sample))).json()["campaign_id"]
    )
    await finish(database, campaign_id)

    page = (await client.get(f"/api/campaigns/{campaign_id}")).json()

    assert (page["state"], page["outcomes"]) == ("finished", {"completed": 1, "no_answer": 1})
    assert page["rates"]["solved"] == {"value": 0.0, "n": 1}
    [first, _] = page["contacts"]
    assert (first["outcome"], first["needs_human"]) == ("completed", True)
    assert first["attempts"] == [
        {
            "number": 1,
            "call_id": "call-1",
            "state": "ended",
            "outcome": "completed",
            "started_at": "1970-01-01T00:00:05Z",
        }
    ]
    assert first["answers"] == [
        {"question_id": "solved", "value": "no", "source": "speech", "heard": "没有解决"}
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"script": "nonsense"}, "outbound_bot.script"),
        ({"contacts": "nonsense"}, "outbound_bot.contacts"),
        ({"line_url": "ftp://line"}, "outbound_bot.line_url"),
    ],
)
async def test_what_cannot_be_run_is_refused_and_nothing_is_kept(
    client: httpx.AsyncClient, sample: str, change: dict[str, str], code: str
) -> None:
    with pytest.raises(InputError) as refused:
        await client.post("/api/campaigns", json=order(sample) | change)

    assert refused.value.code == code
    assert (await client.get("/api/campaigns")).json() == {"campaigns": []}


async def test_a_language_without_a_voice_is_refused_before_anybody_is_called(
    client: httpx.AsyncClient, sample: str
) -> None:
    russian = (
        sample.replace("languages: [zh, en]", "languages: [zh, ru]")
        .replace("      en: ", "      ru: ")
        .replace("    en: ", "    ru: ")
    )

    with pytest.raises(InputError, match="have a voice"):
        await client.post("/api/campaigns", json=order(russian))


async def test_an_unknown_campaign_is_not_found(client: httpx.AsyncClient) -> None:
    with pytest.raises(NotFound):
        await client.get("/api/campaigns/none")


async def finish(database: Database, campaign_id: CampaignId) -> None:
    call_id, contact_id = CallId("call-1"), ContactId("c1")
    answer = SurveyAnswer(
        question_id="solved",
        value="no",
        source=AnswerSource.SPEECH,
        heard="没有解决",
        segment_id=SegmentId("s1"),
    )
    async with database.writing() as session:
        campaigns = CampaignRepository(session)
        await campaigns.begin_attempt(
            campaign_id, contact_id, number=1, call_id=call_id, now_ms=5_000
        )
        await campaigns.keep_answer(campaign_id, contact_id, call_id, answer)
        await campaigns.end_attempt(call_id, DialOutcome.COMPLETED, now_ms=6_000)
        await campaigns.finish_contact(
            campaign_id, contact_id, DialOutcome.COMPLETED, needs_human=True
        )
        await campaigns.finish_contact(
            campaign_id, ContactId("c2"), DialOutcome.NO_ANSWER, needs_human=False
        )
