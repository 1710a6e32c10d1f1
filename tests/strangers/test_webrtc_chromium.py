"""Chromium calls us from the page "talk to it": its microphone arrives, its keys arrive, and leaving leaves nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.async_api import Page, async_playwright, expect
from starlette.routing import Mount

from app.clock import SystemClock
from console.pages import STATIC, Pages
from domain.audio import GapCause, Leg, Speech
from domain.call import EndReason
from domain.events import CallStarted, KeyPressed, RecordingGapMarked
from domain.ids import CallId
from media_gateway.webrtc.settings import WebRtcSettings
from tests.e2e.pages import CHROMIUM, QUIET_CHROMIUM, needs_built_pages, needs_chromium
from tests.fakes.gateway import RunningGateway, running_gateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.webrtc import RunningWebRtc, likeness, running_webrtc, sweep

pytestmark = [pytest.mark.stranger, needs_chromium, needs_built_pages]

RATE_HZ = 16_000
SPOKEN_MS = 3_000
# Played by the microphone again and again; the page asks for echo and noise to be taken out, which changes the sound.
ALIKE = 0.9
WINDOW_BYTES = RATE_HZ  # half a second
SETTLING_WINDOWS = 2  # until the page's gain control has found its level


KEEP_CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...wishes) { super(...wishes); window.connections.push(this); }
};
"""
HEARD_ENERGY = """
async () => {
  for (const report of (await connections[0].getStats()).values())
    if (report.type === "inbound-rtp") return report.totalAudioEnergy;
  return null;
}
"""


@dataclass(slots=True, kw_only=True)
class Visit:
    """A browser at the page, and the house it calls."""

    page: Page
    gateway: RunningGateway
    webrtc: RunningWebRtc
    disk: MemoryRecordings

    async def call(self) -> CallId:
        await self.page.goto(f"{self.webrtc.address}/talk?title=from+Chromium")
        await self.page.get_by_test_id("talk-main").click()
        await expect(self.page.get_by_test_id("talk-phone")).to_have_attribute(
            "data-state", "talking", timeout=15_000
        )
        return (await self.gateway.bus.until(CallStarted))[0].call_id

    def kept(self, call_id: CallId) -> bytes:
        return bytes(self.disk.sound[self.disk.key(call_id, Leg.CALLER)])


@asynccontextmanager
async def a_visit(folder: Path, *, max_sessions: int = 10) -> AsyncIterator[Visit]:
    microphone = folder / "microphone.wav"
    wave = np.frombuffer(sweep(SPOKEN_MS, rate_hz=48_000), "<i2")
    soundfile.write(microphone, wave, 48_000, subtype="PCM_16")
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
    )
    disk = MemoryRecordings()
    async with (
        running_gateway(clock=SystemClock(), recordings=disk) as gateway,
        running_webrtc(
            gateway.gateway,
            WebRtcSettings(max_sessions=max_sessions),
            more_routes=[Mount("/", Pages(STATIC))],
        ) as webrtc,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET_CHROMIUM, *flags]
        )
        try:
            page = await browser.new_page(locale="en")
            yield Visit(page=page, gateway=gateway, webrtc=webrtc, disk=disk)
        finally:
            await browser.close()


def worst_window(heard: bytes) -> float:
    """How much the least like half second of what we heard resembles what the microphone played round and round."""
    played = sweep(SPOKEN_MS)
    windows = [
        heard[at : at + WINDOW_BYTES]
        for at in range(
            SETTLING_WINDOWS * WINDOW_BYTES, len(heard) - WINDOW_BYTES + 1, WINDOW_BYTES
        )
    ]
    energy = (len(played * 3) / WINDOW_BYTES) ** 0.5
    return float(min(likeness(played * 3, window)[0] for window in windows) * energy)


async def test_what_the_microphone_plays_is_what_is_recorded(tmp_path: Path) -> None:
    async with a_visit(tmp_path) as visit:
        call_id = await visit.call()
        await asyncio.sleep(4)
        await visit.page.get_by_test_id("talk-main").click()
        ended = await visit.gateway.ended(call_id)
        gaps = visit.gateway.bus.of(RecordingGapMarked)
        heard = visit.kept(call_id)

    assert ended.reason is EndReason.HUNG_UP
    assert [gap for gap in gaps if gap.cause is GapCause.NETWORK] == []
    assert worst_window(heard) > ALIKE


async def test_keys_come_by_the_page_and_by_the_browsers_own_telephone_events(
    tmp_path: Path,
) -> None:
    async with a_visit(tmp_path) as visit:
        await visit.page.add_init_script(KEEP_CONNECTIONS)
        await visit.call()
        await visit.page.get_by_test_id("talk-keys").click()
        await visit.page.locator("[data-key='5']").click()
        first = (await visit.gateway.bus.until(KeyPressed))[0]
        await visit.page.evaluate("connections[0].getSenders()[0].dtmf.insertDTMF('9#', 100, 70)")
        keys = await visit.gateway.bus.until(KeyPressed, count=3)

    assert first.key == "5"
    assert [fact.key for fact in keys] == ["5", "9", "#"]


async def test_the_page_hears_us(tmp_path: Path) -> None:
    async with a_visit(tmp_path) as visit:
        await visit.page.add_init_script(KEEP_CONNECTIONS)
        call_id = await visit.call()
        speech = Speech(pcm=sweep(1_500), sample_rate_hz=RATE_HZ)
        await visit.gateway.switchboard.play(call_id, speech)
        heard = await visit.page.evaluate(HEARD_ENERGY)

    # Chromium's totalAudioEnergy is peak level squared times seconds: 1.5 s of a sine at 0.2 is 0.06
    assert heard == pytest.approx(0.06, rel=0.2)


async def test_the_page_says_why_we_ended_the_call(tmp_path: Path) -> None:
    async with a_visit(tmp_path) as visit:
        call_id = await visit.call()
        await visit.gateway.switchboard.hang_up(call_id)
        await expect(visit.page.get_by_test_id("talk-status")).to_contain_text("we hung up")


async def test_a_page_that_is_left_says_goodbye(tmp_path: Path) -> None:
    async with a_visit(tmp_path) as visit:
        call_id = await visit.call()
        await visit.page.goto("about:blank")
        ended = await visit.gateway.ended(call_id)

    assert ended.reason is EndReason.HUNG_UP


async def test_a_full_house_is_said_in_words(tmp_path: Path) -> None:
    async with a_visit(tmp_path, max_sessions=1) as visit:
        await visit.call()
        browser = visit.page.context.browser
        assert browser is not None
        second = await browser.new_page(locale="en")
        await second.goto(f"{visit.webrtc.address}/talk")
        await second.get_by_test_id("talk-main").click()
        await expect(second.get_by_test_id("talk-trouble")).to_contain_text("All lines are busy")
