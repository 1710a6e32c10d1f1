"""What was said in the demonstration is found by its words and played from that moment, in Debian's Chromium."""

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import Response, expect

from tests.e2e.demonstration import Demonstration
from tests.e2e.pages import SearchPage, chromium, needs_built_pages, needs_chromium
from tests.e2e.product import firm_words

pytestmark = [pytest.mark.weights, pytest.mark.chromium, needs_chromium, needs_built_pages]

PHRASE = re.compile(r"[\u4e00-\u9fff]{4}")
LEAD_IN_MS = 300
PLAYED_AT_MOST_MS = 5_000
DRAWN = """canvases => canvases.filter(canvas =>
    canvas.width && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)
).length"""


async def test_a_phrase_is_found_and_both_legs_play_from_it(demonstration: Demonstration) -> None:
    call = demonstration.ended()[demonstration.conversations[0].name]
    line, phrase = a_phrase_late_in(call)
    fetched: list[Response] = []
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        page.on("response", lambda answer: fetched.append(answer))
        search = SearchPage(page, demonstration.product.url)

        await search.search(phrase)
        hit = search.hits.and_(page.locator(f'[data-segment-id="{line["segment_id"]}"]'))
        await expect(hit.locator("mark").first).to_be_visible()
        await hit.click()

        await search.plays()
        moment_ms = await search.moment_ms()
        assert -LEAD_IN_MS - 50 <= moment_ms - line["start_ms"] <= PLAYED_AT_MOST_MS
        await expect(search.player.locator("canvas").first).to_be_visible()
        await page.wait_for_function(
            "moment_ms => Number(document.querySelector('[data-testid=player]').dataset.atMs) > moment_ms",
            arg=moment_ms,
        )
        assert await search.player.locator("canvas").evaluate_all(DRAWN) >= len(call["legs"])
    heard = {answer.url for answer in fetched if "/recordings/" in answer.url and answer.ok}
    assert {url.removeprefix(demonstration.product.url) for url in heard} == {
        leg["recording"] for leg in call["legs"]
    }


def test_a_recording_is_sent_from_any_byte_on(demonstration: Demonstration) -> None:
    call = demonstration.ended()[demonstration.conversations[0].name]
    url = demonstration.product.url + call["legs"][0]["recording"]

    whole = httpx.get(url, trust_env=False)
    part = httpx.get(url, headers={"Range": "bytes=1000-1999"}, trust_env=False)

    assert (whole.status_code, part.status_code) == (200, 206)
    assert part.content == whole.content[1000:2000]


def a_phrase_late_in(call: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Four characters of the second half of the call, so that playing from the start would be noticed."""
    late = [
        (line, found.group())
        for line in firm_words(call, "caller")
        if line["start_ms"] > call["duration_ms"] // 2 and (found := PHRASE.search(line["text"]))
    ]
    return late[0]
