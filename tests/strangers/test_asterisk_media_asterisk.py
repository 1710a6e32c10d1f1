"""A real Asterisk with chan_websocket: it dials us and we dial it, its own echo returns what we say, its flush is quick."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
from starlette.routing import BaseRoute
from websockets.asyncio.client import connect

from domain.audio import Leg, Speech
from domain.call import EndReason
from domain.events import CallStarted, KeyPressed, LegJoined
from domain.ids import CallId
from media_gateway import MediaGateway
from media_gateway.asterisk_media_settings import AsteriskMediaSettings
from media_gateway.codecs import pcm16_to_ulaw, ulaw_to_pcm16
from media_gateway.sockets import asterisk_dialler, asterisk_media
from media_gateway.sockets.asterisk_dialler import AsteriskDialler
from tests.fakes.asterisk import (
    ARI_KEY,
    PROGRAM,
    Asterisk,
    free_port,
    needs_asterisk,
    running_asterisk,
)
from tests.fakes.sound import noise
from tests.fakes.wire_house import OpenHouse, Service, open_house

pytestmark = [pytest.mark.stranger, needs_asterisk]
SENTENCE = Speech(pcm=noise(700, level=0.2), sample_rate_hz=8_000)
FLUSH_MS = 250


@asynccontextmanager
async def house_with_asterisk(folder: Path) -> AsyncIterator[tuple[OpenHouse, Asterisk]]:
    assert PROGRAM is not None
    http_port = free_port()
    diallers: list[AsteriskDialler] = []

    def doors(gateway: MediaGateway) -> Sequence[BaseRoute]:
        settings = AsteriskMediaSettings(url=f"ws://127.0.0.1:{http_port}")
        diallers.append(AsteriskDialler(gateway=gateway, settings=settings))
        return [
            *asterisk_media.routes(gateway),
            *asterisk_dialler.routes(gateway, diallers[0]),
        ]

    def fetching(_: MediaGateway) -> Service:
        return diallers[0].run

    async with (
        open_house(doors, services=[fetching], play_grace_ms=3_000) as house,
        running_asterisk(
            PROGRAM,
            folder,
            hotline_url=f"{house.socket_address}/wire/asterisk",
            http_port=http_port,
        ) as asterisk,
    ):
        yield house, asterisk


async def heard_at_least(house: OpenHouse, call_id: CallId, ms: int) -> bytes:
    """What the caller's leg brought, once it is that long."""
    async with asyncio.timeout(5 + ms / 1000):
        while True:
            kept = house.listener.heard.get((call_id, Leg.CALLER))
            if kept is not None and len(kept.pcm) >= ms * 16:
                return kept.pcm
            await asyncio.sleep(0.02)


async def heard_in_all(house: OpenHouse, call_id: CallId) -> bytes:
    """What the caller's leg brought, once nothing more comes: an echo sends nothing when it has nothing to return."""
    length, pcm = -1, b""
    while len(pcm) > length:
        length = len(pcm)
        await asyncio.sleep(0.4)
        pcm = house.listener.heard[call_id, Leg.CALLER].pcm
    return pcm


async def test_asterisk_dials_us_and_its_tone_is_heard(tmp_path: Path) -> None:
    async with house_with_asterisk(tmp_path) as (house, asterisk):
        await asterisk.originate("WebSocket/hotline/c(ulaw)v(call=7.1,from=13800000000)", "tone")
        begun = await house.begun()
        pcm = await heard_at_least(house, begun.info.call_id, 1_000)
        await asterisk.say("channel request hangup all")
        ended = await house.ended()

    wave = np.frombuffer(pcm, "<i2")[4_000:8_000].astype(float)
    loudest_hz = int(np.argmax(np.abs(np.fft.rfft(wave)))) * 2
    assert (begun.info.wire_call_id, begun.info.caller_number) == ("7.1", "13800000000")
    assert abs(loudest_hz - 1_004) <= 2
    assert ended.reason is EndReason.HUNG_UP


@pytest.mark.parametrize("options", ["c(ulaw)", "c(ulaw)f(json)", "c(ulaw)v(talk=yes)"])
async def test_asterisks_echo_returns_exactly_what_we_say(tmp_path: Path, options: str) -> None:
    async with house_with_asterisk(tmp_path) as (house, asterisk):
        await asterisk.originate(f"WebSocket/hotline/{options}", "echo")
        call_id = (await house.begun()).info.call_id
        await house.switchboard.play(call_id, SENTENCE)
        heard_ms = len(house.listener.heard[call_id, Leg.CALLER].pcm) // 16
        pcm = await heard_in_all(house, call_id)
        await house.switchboard.hang_up(call_id)
        await house.ended()
        channels = await asterisk.say("core show channels count")

    assert pcm == ulaw_to_pcm16(pcm16_to_ulaw(SENTENCE.pcm))
    assert (
        heard_ms >= SENTENCE.duration_ms - 200
    )  # playing ended when it had been heard, not when it was sent
    assert "0 active channels" in channels


async def test_an_interrupted_prompt_is_silent_within_a_quarter_of_a_second(tmp_path: Path) -> None:
    long_speech = Speech(pcm=noise(20_000, level=0.2), sample_rate_hz=8_000)

    async with house_with_asterisk(tmp_path) as (house, asterisk), asyncio.TaskGroup() as group:
        await asterisk.originate("WebSocket/hotline/c(ulaw)", "echo")
        call_id = (await house.begun()).info.call_id
        playing = group.create_task(house.switchboard.play(call_id, long_speech))
        heard = await heard_at_least(house, call_id, 1_500)
        await house.switchboard.stop_playing(call_id)
        stopped_at_ms = len(heard) // 16
        await playing
        pcm = await heard_in_all(house, call_id)
        await house.switchboard.hang_up(call_id)
        await house.ended()

    assert len(pcm) // 16 <= stopped_at_ms + FLUSH_MS


async def test_two_channels_of_one_call_are_one_conversation(tmp_path: Path) -> None:
    async with house_with_asterisk(tmp_path) as (house, asterisk):
        await asterisk.originate("WebSocket/hotline/c(slin16)v(call=7.2,leg=caller)", "tone")
        await asterisk.originate("WebSocket/hotline/c(slin16)v(call=7.2,leg=agent)", "tone")
        await house.bus.until(LegJoined, count=2)
        started = house.bus.of(CallStarted)
        await asterisk.say("channel request hangup all")
        await house.ended()

    assert len(started) == 1
    assert {fact.leg for fact in house.bus.of(LegJoined)} == {Leg.CALLER, Leg.AGENT}


async def test_both_directions_of_a_call_are_forked_by_ari_as_the_runbook_says(
    tmp_path: Path,
) -> None:
    async with house_with_asterisk(tmp_path) as (house, asterisk):
        ari = f"127.0.0.1:{asterisk.http_port}/ari"
        events = f"ws://{ari}/events?app=fork&api_key={ARI_KEY}"
        async with connect(events), httpx.AsyncClient(trust_env=False) as http:
            await asterisk.originate("Local/tone@default", "line")
            caller = await _channel_that(asterisk, "Local/tone@default")
            for way, leg in (("in", "caller"), ("out", "agent")):
                await _fork(http, ari, caller, way=way, leg=leg)
            await house.bus.until(LegJoined, count=2)
            call_id = (await house.begun()).info.call_id
            pcm = await heard_at_least(house, call_id, 2000)
            await asterisk.say("channel request hangup all")
            await house.ended()

    assert len(house.bus.of(CallStarted)) == 1
    assert np.abs(np.frombuffer(pcm, "<i2")).max() > 1_000
    assert not any(house.kept(call_id, Leg.AGENT))


async def _fork(http: httpx.AsyncClient, ari: str, caller: str, *, way: str, leg: str) -> None:
    """One direction of a channel, as a copy, to us."""
    copy = f"v(call={caller},leg={leg})"
    steps: list[tuple[str, dict[str, str]]] = [
        (f"channels/{caller}/snoop", {"spy": way, "app": "fork", "snoopId": f"s-{way}"}),
        (
            "channels/externalMedia",
            {
                "app": "fork",
                "channelId": f"m-{way}",
                "external_host": "hotline",
                "transport": "websocket",
                "encapsulation": "none",
                "format": "slin16",
                "transport_data": copy,
            },
        ),
        (f"bridges/b-{way}", {"type": "mixing"}),
        (f"bridges/b-{way}/addChannel", {"channel": f"s-{way},m-{way}"}),
    ]
    for path, parameters in steps:
        await _asked(http, f"http://{ari}/{path}", {**parameters, "api_key": ARI_KEY})


async def _asked(http: httpx.AsyncClient, url: str, parameters: dict[str, str]) -> None:
    """A channel can be bridged once it has entered Stasis, a moment after it was made."""
    async with asyncio.timeout(5):
        while not (answer := await http.post(url, params=parameters)).is_success:
            assert "not in Stasis" in answer.text
            await asyncio.sleep(0.05)


async def _channel_that(asterisk: Asterisk, beginning: str) -> str:
    """The unique id of a channel."""
    async with asyncio.timeout(5):
        while True:
            for line in (await asterisk.say("core show channels concise")).splitlines():
                if line.startswith(beginning) and ";1!" in line:
                    return line.split("!")[-1].strip()
            await asyncio.sleep(0.05)


async def test_keys_that_asterisk_sends_are_pressed(tmp_path: Path) -> None:
    async with house_with_asterisk(tmp_path) as (house, asterisk):
        await asterisk.originate("WebSocket/hotline/c(ulaw)", "keys")
        pressed = await house.bus.until(KeyPressed, count=3)
        await asterisk.say("channel request hangup all")
        await house.ended()

    assert [fact.key for fact in pressed] == ["1", "5", "9"]


async def test_a_channel_that_waits_in_asterisk_is_fetched(tmp_path: Path) -> None:
    async with house_with_asterisk(tmp_path) as (house, asterisk), asyncio.TaskGroup() as group:
        group.create_task(asterisk.originate("WebSocket/INCOMING/c(slin16)n", "echo"))
        connection_id = await _waiting_connection(asterisk)
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(
                f"{house.address}/wire/asterisk/fetch",
                json={"connection_id": connection_id, "call": "7.3", "answer": "yes"},
            )
        call_id = (await house.begun()).info.call_id
        await house.switchboard.play(call_id, SENTENCE)
        await house.switchboard.hang_up(call_id)
        ended = await house.ended()
        recorded = house.kept(call_id, Leg.CALLER)

    assert answer.status_code == 202
    assert ended.reason is EndReason.WE_HUNG_UP
    assert np.abs(np.frombuffer(recorded, "<i2")).max() > 1_000


async def _waiting_connection(asterisk: Asterisk) -> str:
    async with asyncio.timeout(5):
        while True:
            channels = await asterisk.say("core show channels concise")
            name = channels.split("!")[0].strip()
            if name.startswith("WebSocket/"):
                told = await asterisk.say(f"core show channel {name}")
                found = re.search(r"MEDIA_WEBSOCKET_CONNECTION_ID=(\S+)", told)
                if found is not None:
                    return found.group(1)
            await asyncio.sleep(0.05)
