"""Test the pages in Debian's Chromium against a server whose every word the test decides."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from tests.e2e.pages import (
    BUILT_PAGES,
    CampaignPage,
    DeskPage,
    SearchPage,
    chromium,
    needs_built_pages,
    needs_chromium,
)
from tests.e2e.replay import Replay, a_segment, a_summary, a_view, replaying

pytestmark = [pytest.mark.chromium, needs_chromium, needs_built_pages]

LOST = "我的社保卡昨天在地铁上丢了。"


@dataclass
class Stage:
    page: Page
    server: Replay


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with replaying(BUILT_PAGES) as server, chromium() as browser:
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        yield Stage(await context.new_page(), server)


async def a_desk_with_one_call(stage: Stage) -> DeskPage:
    stage.server.views["c1"] = a_view("c1", title="社保卡")
    desk = DeskPage(stage.page, stage.server.url)
    await desk.open()
    await expect(desk.calls).to_have_count(1)
    await expect(stage.page.get_by_test_id("call-state")).to_be_visible()
    return desk


async def test_words_grow_in_one_line_and_a_late_partial_never_replaces_the_final(
    stage: Stage,
) -> None:
    desk = await a_desk_with_one_call(stage)
    stage.server.say("segment", "c1", a_segment("s1", "我的社", is_final=False), fact=False)
    await desk.shows_words("s1", "我的社", final=False)

    stage.server.say("segment", "c1", a_segment("s1", LOST, revision=5))
    late = a_segment("s1", "我的社保", is_final=False, revision=9)
    stage.server.say("segment", "c1", late, fact=False)
    stage.server.say("segment", "c1", a_segment("s2", "急着用。", start_ms=4000))

    await desk.shows_words("s2", "急着用。", final=True)
    await desk.shows_words("s1", LOST, final=True)
    await expect(desk.lines).to_have_count(2)


async def test_a_suggestion_and_a_ticket_field_lead_back_to_the_words(stage: Stage) -> None:
    desk = await a_desk_with_one_call(stage)
    stage.server.say("segment", "c1", a_segment("s1", LOST))
    for n in range(2, 30):
        stage.server.say("segment", "c1", a_segment(f"s{n}", "嗯。", start_ms=n * 1000))
    stage.server.say("suggestion", "c1", a_suggestion("s1"))
    stage.server.say("ticket_draft", "c1", a_draft("s1", "社保卡", start_char=2))
    await expect(desk.line("s29")).to_be_in_viewport()

    await desk.cards.get_by_test_id("suggestion-because").click()
    await desk.is_selected("s1")
    await desk.click_evidence("matter")
    await desk.is_selected("s1", quote="社保卡")


async def test_a_routing_decision_can_be_asked_why(stage: Stage) -> None:
    desk = await a_desk_with_one_call(stage)
    stage.server.say("language", "c1", a_guess(None, 0.4))
    stage.server.say("routing", "c1", a_decision("language-unknown", 900))
    await expect(desk.language).to_have_attribute("data-language", "unknown")
    stage.server.say("language", "c1", a_guess("zh", 0.97))
    stage.server.say("routing", "c1", a_decision("language-mandarin", 5000))

    await expect(desk.language).to_contain_text("97%")
    await expect(desk.routing).to_have_attribute("data-rule", "language-mandarin")
    await expect(await desk.why()).to_contain_text("language-unknown")


async def test_a_caller_who_mixes_two_languages_is_shown_with_both(stage: Stage) -> None:
    desk = await a_desk_with_one_call(stage)
    stage.server.say("language", "c1", a_guess("zh", 0.6))
    await expect(desk.language).to_contain_text("60%")
    stage.server.say("language", "c1", a_guess("zh", 0.7, mixed=("zh", "en")))

    await expect(desk.language).to_have_text("中文 + 英语")
    await expect(desk.language.get_by_title("说话人混着说：中文 + 英语。")).to_be_visible()
    await desk.language.hover()
    await expect(stage.page.get_by_test_id("language-mixed")).to_be_visible()

    await desk.switch_language()
    await expect(desk.language).to_have_text("Chinese + English")
    await expect(desk.language).to_have_attribute("data-language", "zh")


async def test_a_lost_connection_resumes_where_it_was(stage: Stage) -> None:
    desk = await a_desk_with_one_call(stage)
    stage.server.say("segment", "c1", a_segment("s1", "第一句。"))
    await desk.shows_words("s1", "第一句。", final=True)

    stage.server.drop_everybody()
    await expect(desk.connection).to_have_attribute("data-state", "reconnecting")
    stage.server.say("segment", "c1", a_segment("s2", "第二句。", start_ms=2000))

    await desk.is_live()
    await desk.shows_words("s2", "第二句。", final=True)
    await expect(desk.lines).to_have_count(2)
    assert stage.server.resumed_after == [0, 1]


async def test_a_call_that_begins_while_nothing_is_open_opens_by_itself(stage: Stage) -> None:
    desk = DeskPage(stage.page, stage.server.url)
    await desk.open()
    stage.server.views["c2"] = a_view("c2", title="新来电")
    stage.server.say("call", "c2", a_summary("c2", title="新来电"))

    await expect(stage.page.get_by_role("heading", level=1)).to_have_text("新来电")


async def test_a_hit_plays_both_legs_from_the_moment_it_was_said(stage: Stage) -> None:
    said = a_segment("s1", LOST, start_ms=6000, end_ms=8000)
    stage.server.views["c1"] = an_ended_call("c1", said)
    about = {"call_id": "c1", "said_at": "2026-01-02T03:04:11Z", "marks": [[2, 5]]}
    stage.server.hits = [{**said, **about}]
    search = SearchPage(stage.page, stage.server.url)

    await search.search("社保卡")
    await expect(search.hits.locator("mark")).to_have_text("社保卡")
    await search.open_hit()

    await search.plays()
    assert 5_000 <= await search.moment_ms() <= 9_000
    assert "q=" in stage.page.url


async def test_a_survey_follows_its_campaign_and_says_what_a_rate_is_of(stage: Stage) -> None:
    stage.server.campaigns["k1"] = a_campaign(outcome=None, n=0)
    campaign = CampaignPage(stage.page, stage.server.url)
    await campaign.open("k1")
    await expect(campaign.contacts).to_have_attribute("data-outcome", "")

    stage.server.campaigns["k1"] = a_campaign(outcome="completed", n=1)
    stage.server.say("campaign", "", {"campaign_id": "k1"}, fact=False)

    await expect(campaign.contacts).to_have_attribute("data-outcome", "completed")
    await campaign.rates_say("100% (1/1)")


async def test_the_language_of_the_pages_is_remembered_and_nothing_comes_from_elsewhere(
    stage: Stage,
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    stage.page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
    stage.page.on("pageerror", lambda error: complaints.append(str(error)))
    stage.page.on("request", lambda request: asked.append(request.url))
    desk = await a_desk_with_one_call(stage)
    await desk.switch_language()
    await stage.page.reload()

    await expect(stage.page.get_by_role("link", name="Search", exact=True)).to_be_visible()
    await stage.page.get_by_role("link", name="Search", exact=True).click()
    await expect(stage.page.get_by_test_id("search-input")).to_be_visible()
    assert complaints == []
    assert [url for url in asked if not url.startswith((stage.server.url, "data:"))] == []


def a_suggestion(segment_id: str) -> dict[str, object]:
    names = ("article_id", "passage_id", "title", "department", "version")
    known = {"suggestion_id": "g1", "title": "挂失", "text": "先挂失,再补办。", "language": "zh"}
    rest = {"score": 0.9, "band": "high", "card_latency_ms": 900}
    return {**known, **rest, "source": dict.fromkeys(names, "x"), "because_segment_id": segment_id}


def a_draft(segment_id: str, quote: str, *, start_char: int) -> dict[str, object]:
    place = {"call_id": "c1", "segment_id": segment_id, "leg": "caller", "start_ms": 0}
    span = {"start_char": start_char, "end_char": start_char + len(quote), "quote": quote}
    field = {"name": "matter", "label_zh": "诉求", "label_en": "Matter", "value": "社保卡丢失"}
    fields = [{**field, "evidence": [{**place, **span}]}]
    return {"ticket_id": "t1", "state": "draft", "revision": 1, "fields": fields}


def a_guess(
    language: str | None, probability: float, *, mixed: tuple[str, ...] = ()
) -> dict[str, object]:
    candidates = [{"language": "zh", "probability": probability}]
    at_ms = int(probability * 1000)
    guess = {"language": language, "probability": probability, "candidates": candidates}
    return {"leg": "caller", **guess, "mixed": mixed, "decided_at_ms": at_ms}


def a_decision(rule_id: str, decided_at_ms: int) -> dict[str, object]:
    reasons = {"reason_zh": "理由", "reason_en": "reason", "inputs": {"language": "zh"}}
    return {"queue": "mandarin", "rule_id": rule_id, **reasons, "decided_at_ms": decided_at_ms}


def an_ended_call(call_id: str, segment: dict[str, object]) -> dict[str, object]:
    legs: list[dict[str, object]] = [
        {
            "leg": leg,
            "sample_rate_hz": 8000,
            "joined_at_ms": 0,
            "duration_ms": 20_000,
            "recording": f"/api/calls/{call_id}/recordings/{leg}.wav",
            "gaps": [],
        }
        for leg in ("caller", "agent")
    ]
    return a_view(call_id, state="ended", duration_ms=20_000, legs=legs, transcript=[segment])


def a_campaign(*, outcome: str | None, n: int) -> dict[str, object]:
    rate = {"value": 1.0 if n else None, "n": n}
    contact = {"contact_id": "p1", "name_masked": "李**", "language": "zh", "ticket_ref": None}
    rest: dict[str, object] = {
        "outcome": outcome,
        "needs_human": False,
        "attempts": [],
        "answers": [],
    }
    summary = {"campaign_id": "k1", "name": "回访", "state": "running", "contacts_total": 1}
    more = {"created_at": "2026-01-02T03:04:05Z", "contacts_done": n, "questions": []}
    return {
        **summary,
        **more,
        "outcomes": {outcome: 1} if outcome else {},
        "rates": dict.fromkeys(("contacted", "solved", "satisfied"), rate),
        "contacts": [{**contact, **rest}],
    }
