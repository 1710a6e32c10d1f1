"""People at the desk, in Debian's Chromium, and programs follow a demonstration call while it comes in."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from tests.e2e.cut_wire import CutWire, a_wire_to
from tests.e2e.demonstration import Demonstration
from tests.e2e.pages import DeskPage, chromium, needs_built_pages, needs_chromium
from tests.e2e.product import Product, calls_as_json, firm_words, wait_for, whole_call
from tests.e2e.view_shape import check_view

pytestmark = pytest.mark.weights

RINGS_MS = 30_000
UNDERSTOOD_MS = 40_000
LOST_WORDS = 2  # said while the desk hears nothing
SAYS_MORE_WITHIN_S = 30.0
CALL_ENDS_WITHIN_S = 90.0


@pytest.mark.chromium
@needs_chromium
@needs_built_pages
async def test_a_call_is_heard_understood_and_resumed_before_the_agent_s_eyes(
    demonstration: Demonstration,
) -> None:
    product, conversation = demonstration.product, demonstration.conversations[0]
    async with a_desk(product) as (desk, wire):
        demonstration.begin()
        await a_live_call_opens_by_itself(desk, conversation.title)
        call_id = demonstration.calls()[conversation.name]["call_id"]
        await a_partial_becomes_firm(desk)
        await its_language_and_route_are_told_with_their_reasons(desk)
        await a_card_names_its_source(desk, product, call_id)
        await a_field_leads_to_the_words_it_came_from(desk, product, call_id)

        await a_cut_wire_is_noticed_and_mended(desk, wire, product, call_id)
        await everything_said_stands_there_once(desk, product, call_id)
        await at_the_end_it_shows_what_the_api_tells(desk, product, call_id)
        await the_desk_speaks_english_too(desk)


def test_a_live_call_is_listed_and_shown_as_it_stands(demonstration: Demonstration) -> None:
    call_id = demonstration.a_live_call()["call_id"]

    listed = calls_as_json(demonstration.product, "list")["calls"]
    view = calls_as_json(demonstration.product, "show", call_id)

    assert call_id in {call["call_id"] for call in listed}
    assert view["call_id"] == call_id
    check_view(view)


@asynccontextmanager
async def a_desk(product: Product) -> AsyncIterator[tuple[DeskPage, CutWire]]:
    async with a_wire_to(product.port) as wire, chromium() as browser:
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        desk = DeskPage(await context.new_page(), wire.url)
        await desk.open()
        yield desk, wire


async def a_live_call_opens_by_itself(desk: DeskPage, title: str) -> None:
    heading = desk.page.get_by_role("heading", level=1)
    await expect(heading).to_contain_text(title.split(" · ")[0], timeout=RINGS_MS)
    await expect(desk.page.get_by_test_id("call-state")).to_have_attribute("data-state", "live")
    await expect(desk.page.get_by_test_id("synthetic-badge")).to_be_visible()


async def a_partial_becomes_firm(desk: DeskPage) -> None:
    grey = await desk.page.wait_for_selector(
        "[data-testid=transcript-line][data-final=false]", timeout=RINGS_MS
    )
    assert grey is not None
    segment_id = await grey.get_attribute("data-segment-id")
    await expect(desk.line(segment_id or "")).to_have_attribute(
        "data-final", "true", timeout=UNDERSTOOD_MS
    )
    await expect(desk.line(segment_id or "")).to_have_text(re.compile(r"[\u4e00-\u9fff]{3}"))


async def its_language_and_route_are_told_with_their_reasons(desk: DeskPage) -> None:
    await expect(desk.language).to_have_attribute("data-language", "zh", timeout=UNDERSTOOD_MS)
    await expect(desk.language).to_contain_text(re.compile(r"\d+%"))
    await expect(desk.routing).to_have_attribute("data-rule", "language-mandarin")
    await expect(desk.routing).to_have_attribute("data-queue", "mandarin")
    why = await desk.why()
    await expect(why).to_contain_text("language-unknown")
    await desk.page.keyboard.press("Escape")


async def a_card_names_its_source(desk: DeskPage, product: Product, call_id: str) -> None:
    card = desk.cards.first
    await expect(card).to_be_visible(timeout=UNDERSTOOD_MS)
    suggestion = product.call(call_id)["suggestions"][0]
    source = card.get_by_test_id("suggestion-source")
    await expect(card).to_have_attribute("data-suggestion-id", suggestion["suggestion_id"])
    await expect(card).to_contain_text(suggestion["text"])
    await expect(source).to_contain_text(suggestion["source"]["department"])
    await expect(source).to_contain_text(suggestion["source"]["version"])


async def a_field_leads_to_the_words_it_came_from(
    desk: DeskPage, product: Product, call_id: str
) -> None:
    phone = desk.field("caller_phone")
    await expect(phone.get_by_test_id("ticket-value")).to_have_text(
        re.compile(r"\d{8}"), timeout=UNDERSTOOD_MS
    )
    (draft,) = product.call(call_id)["ticket_drafts"]
    fields = {field["name"]: field for field in draft["fields"]}
    words = fields["caller_phone"]["evidence"][0]
    await desk.click_evidence("caller_phone")
    await desk.is_selected(words["segment_id"], quote=words["quote"])


async def a_cut_wire_is_noticed_and_mended(
    desk: DeskPage, wire: CutWire, product: Product, call_id: str
) -> None:
    wire.cut()
    await expect(desk.connection).to_have_attribute("data-state", "reconnecting")
    seen = await desk.lines.count()
    heard = len(firm_words(product.call(call_id)))
    await asyncio.to_thread(
        wait_for,
        "more is said while the desk is cut off",
        lambda: len(firm_words(product.call(call_id))) >= heard + LOST_WORDS,
        SAYS_MORE_WITHIN_S,
    )
    assert await desk.lines.count() == seen
    wire.mend()
    await expect(desk.connection).to_have_attribute("data-state", "live", timeout=15_000)


async def everything_said_stands_there_once(desk: DeskPage, product: Product, call_id: str) -> None:
    """While the call goes on; later the page would read the whole call anew."""
    said = firm_words(product.call(call_id))
    for line in said:
        await desk.shows_words(line["segment_id"], line["text"], final=True)
    await expect(desk.page.get_by_test_id("call-state")).to_have_attribute("data-state", "live")
    shown = [await line.get_attribute("data-segment-id") for line in await desk.lines.all()]
    assert len(set(shown)) == len(shown)
    assert [place for place in shown if place in {line["segment_id"] for line in said}] == [
        line["segment_id"] for line in said
    ]


async def at_the_end_it_shows_what_the_api_tells(
    desk: DeskPage, product: Product, call_id: str
) -> None:
    """The desk follows the next live call by itself, so this one is asked for."""
    await desk.page.locator(f'[data-testid=call-item][data-call-id="{call_id}"]').click()
    view = await asyncio.to_thread(
        wait_for, "the call's last words", lambda: whole_call(product, call_id), CALL_ENDS_WITHIN_S
    )
    await expect(desk.page.get_by_test_id("call-state")).to_have_attribute("data-state", "ended")
    await expect(desk.player).to_be_visible()
    await expect(desk.lines).to_have_count(len(view["transcript"]))
    for line in view["transcript"]:
        await desk.shows_words(line["segment_id"], line["text"], final=True)
    await expect(desk.cards).to_have_count(len(view["suggestions"]))


async def the_desk_speaks_english_too(desk: DeskPage) -> None:
    label = desk.field("caller_phone").locator("dt")
    await expect(label).to_have_text("联系电话")
    await desk.switch_language()
    await expect(label).to_have_text("Phone number")
    await expect(desk.page.get_by_role("link", name="Search", exact=True)).to_be_visible()
