"""Drive the browser side by what a person sees, so that tests read as sentences."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

BUILT_PAGES = Path(__file__).parents[2] / "console" / "static"
CHROMIUM = shutil.which("chromium")
QUIET_CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Debian's Chromium is not here; run: make system-deps"
)
needs_built_pages = pytest.mark.skipif(
    not (BUILT_PAGES / "index.html").exists(), reason="the pages are not built; run: make run"
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET_CHROMIUM)
        try:
            yield browser
        finally:
            await browser.close()


class DeskPage:
    """The live calls, and one of them open."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.lines = page.get_by_test_id("transcript-line")
        self.calls = page.get_by_test_id("call-item")
        self.cards = page.get_by_test_id("suggestion-card")
        self.connection = page.get_by_test_id("connection-state")
        self.language = page.get_by_test_id("language-chip")
        self.routing = page.get_by_test_id("routing-chip")
        self.player = page.get_by_test_id("player")

    async def open(self, call_id: str | None = None) -> None:
        await self.page.goto(f"{self.url}/calls/{call_id}" if call_id else self.url)
        await self.is_live()

    async def is_live(self) -> None:
        await expect(self.connection).to_have_attribute("data-state", "live")

    def line(self, segment_id: str) -> Locator:
        return self.page.locator(f'[data-testid=transcript-line][data-segment-id="{segment_id}"]')

    def field(self, name: str) -> Locator:
        return self.page.locator(f'[data-testid=ticket-field][data-name="{name}"]')

    async def shows_words(self, segment_id: str, words: str, *, final: bool) -> None:
        line = self.line(segment_id)
        await expect(line).to_contain_text(words)
        await expect(line).to_have_attribute("data-final", "true" if final else "false")

    async def click_evidence(self, field_name: str) -> None:
        await self.field(field_name).get_by_test_id("evidence-link").first.click()

    async def is_selected(self, segment_id: str, quote: str | None = None) -> None:
        line = self.line(segment_id)
        await expect(line).to_have_attribute("data-selected", "true")
        await expect(line).to_be_in_viewport()
        if quote is not None:
            await expect(line.get_by_test_id("evidence-mark")).to_have_text(quote)

    async def why(self) -> Locator:
        await self.page.get_by_test_id("routing-why").click()
        return self.page.get_by_test_id("routing-inputs")

    async def switch_language(self) -> None:
        await self.page.get_by_test_id("lang-switch").click()


class SearchPage:
    """Words in, hits out, and both legs from that moment."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.hits = page.get_by_test_id("search-hit")
        self.player = page.get_by_test_id("player")

    async def search(self, words: str) -> None:
        await self.page.goto(f"{self.url}/search")
        await self.page.get_by_test_id("search-input").fill(words)
        await self.page.keyboard.press("Enter")

    async def open_hit(self, number: int = 0) -> None:
        await self.hits.nth(number).click()

    async def plays(self) -> None:
        await expect(self.player).to_have_attribute("data-playing", "true")

    async def moment_ms(self) -> int:
        return int(await self.player.get_attribute("data-at-ms") or "0")


class CampaignPage:
    """One survey: its contacts and its figures."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.contacts = page.get_by_test_id("contact-row")
        self.rates = page.get_by_test_id("rates-chart")

    async def open(self, campaign_id: str) -> None:
        await self.page.goto(f"{self.url}/campaigns/{campaign_id}")

    async def rates_say(self, words: str) -> None:
        await expect(self.rates).to_have_attribute("aria-label", re.compile(re.escape(words)))
