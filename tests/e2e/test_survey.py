"""The bot calls six people who behave in six ways, and is killed while it does."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.demonstration import Demonstration
from tests.e2e.pages import CampaignPage, chromium, needs_built_pages, needs_chromium
from tests.e2e.product import Product, running_product, wait_for
from tests.e2e.survey import answers, contact, dialled, run_arguments, write_contacts

pytestmark = [pytest.mark.weights, pytest.mark.slow, pytest.mark.timeout(900)]

SURVEY_ENDS_WITHIN_S = 600.0
THREE_DIALLED_WITHIN_S = 300.0
PEOPLE = (
    ("yes", "王建国", "sim:yes", "zh"),
    ("no", "李秀英", "sim:no", "zh"),
    ("hedge", "Anna Lee", "sim:hedge.en", "en"),
    ("keys", "陈志强", "sim:keys", "zh"),
    ("silence", "刘洋", "sim:silence", "zh"),
    ("hangup", "赵敏", "sim:hangup", "zh"),
)
OUTCOMES = dict.fromkeys(("yes", "no", "hedge", "keys"), "completed") | {
    "silence": "no_speech",
    "hangup": "hung_up",
}
ALL_WELL = {"contacted": "yes", "solved": "yes", "satisfied": "yes"}


@dataclass(frozen=True)
class Survey:
    """What `hotline campaign run` printed at its end."""

    product: Product
    talk: dict[str, Any]
    result: dict[str, Any]


@pytest.fixture(scope="module")
def survey(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """Six people; the visit to the one who says no is about the first demonstration call's ticket."""
    product = demonstration.product
    talk = demonstration.ended()[demonstration.conversations[0].name]
    ticket_id = talk["ticket_drafts"][0]["ticket_id"]
    people = [(*person, ticket_id if person[0] == "no" else "") for person in PEOPLE]
    contacts = write_contacts(tmp_path_factory.mktemp("survey") / "six.csv", *people)
    with closing(product.client(*run_arguments(contacts), name="six")) as run:
        assert run.ends(SURVEY_ENDS_WITHIN_S) == 0, run.complained()
        return Survey(product=product, talk=talk, result=json.loads(run.said()))


def test_everybody_ends_as_they_behaved(survey: Survey) -> None:
    people = survey.result["contacts"]

    assert {person["contact_id"]: person["outcome"] for person in people} == OUTCOMES
    assert [p["contact_id"] for p in people if p["needs_human"]] == ["no"]
    assert all(len(person["attempts"]) == 1 for person in people)


def test_words_hedges_and_keys_are_understood(survey: Survey) -> None:
    given = {name: answers(contact(survey.result, name)) for name in OUTCOMES}

    assert given == {
        "yes": ALL_WELL,
        "no": {"contacted": "yes", "solved": "no", "satisfied": "no"},
        "hedge": ALL_WELL | {"solved": "partly"},
        "keys": ALL_WELL,
        "silence": {},
        "hangup": {},
    }
    keys = contact(survey.result, "keys")["answers"]
    assert {answer["source"] for answer in keys} == {"keys"}


def test_every_telephone_rang_once(survey: Survey) -> None:
    campaign_id = survey.result["campaign_id"]

    rung = {who: times for who, times in dialled(survey.product).items() if campaign_id in who}

    assert rung == {f"{campaign_id}/{name}": 1 for name in OUTCOMES}


def test_the_no_reopens_the_ticket_of_the_demonstration_call(survey: Survey) -> None:
    (draft,) = survey.product.call(survey.talk["call_id"])["ticket_drafts"]

    assert draft["ticket_id"] == survey.talk["ticket_drafts"][0]["ticket_id"]
    assert draft["state"] == "reopened"


@pytest.mark.chromium
@needs_chromium
@needs_built_pages
async def test_the_page_shows_each_outcome_and_what_the_rates_are_of(survey: Survey) -> None:
    async with chromium() as browser:
        page = await browser.new_page(locale="zh-CN")
        campaign = CampaignPage(page, survey.product.url)
        await campaign.open(survey.result["campaign_id"])

        await expect(campaign.contacts).to_have_count(len(PEOPLE))
        for name, outcome in OUTCOMES.items():
            row = page.locator(f'[data-testid=contact-row][data-contact-id="{name}"]')
            await expect(row).to_have_attribute("data-outcome", outcome)
        await campaign.rates_say("100% (4/4)")
        await campaign.rates_say("75% (3/4)")


@pytest.fixture
def product_to_kill(set_up: None, tmp_path: Path) -> Iterator[Product]:
    with running_product(tmp_path) as product:
        yield product


def test_killed_in_the_middle_nobody_is_called_twice_and_everybody_ends(
    product_to_kill: Product, tmp_path: Path
) -> None:
    """Two people talk at a time, so two are cut off and go to a person."""
    contacts = write_contacts(tmp_path / "six.csv", *PEOPLE)
    with closing(product_to_kill.client(*run_arguments(contacts), name="six")) as run:
        wait_for(
            "three are dialled",
            lambda: dialled(product_to_kill).total() >= 3,
            THREE_DIALLED_WITHIN_S,
        )
        product_to_kill.kill()
        product_to_kill.start()
        assert run.ends(SURVEY_ENDS_WITHIN_S) == 0, run.complained()
        people = json.loads(run.said())["contacts"]

    assert set(dialled(product_to_kill).values()) == {1}
    cut_off = {p["contact_id"] for p in people if p["outcome"] == "interrupted"}
    assert len(cut_off) in (1, 2)
    assert {p["contact_id"] for p in people if p["needs_human"]} >= cut_off
    assert {p["contact_id"]: p["outcome"] for p in people if p["contact_id"] not in cut_off} == {
        name: outcome for name, outcome in OUTCOMES.items() if name not in cut_off
    }
