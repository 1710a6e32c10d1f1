"""A real Asterisk sends us both directions of a call by ARI: two snoops, two external media channels, as in the runbook."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from domain.audio import Leg
from domain.ids import CallId
from tests.fakes.asterisk import (
    ARI_KEY,
    PROGRAM,
    Asterisk,
    free_port,
    needs_asterisk,
    running_asterisk,
)
from tests.fakes.rtp_house import RtpHouse, loudest_hz, rtp_house

pytestmark = [pytest.mark.stranger, needs_asterisk]
APP = "hotline"
MILLIWATT_HZ = 1_004
MODULES = ("res_rtp_asterisk.so", "res_rtp_multicast.so", "bridge_softmix.so", "chan_rtp.so")


class Ari:
    """Asterisk's REST interface, as a small telephone application uses it."""

    def __init__(self, asterisk: Asterisk, client: httpx.AsyncClient) -> None:
        self._url = f"http://127.0.0.1:{asterisk.http_port}/ari"
        self._client = client

    @property
    def events(self) -> str:
        return f"{self._url.replace('http', 'ws', 1)}/events?app={APP}&api_key={ARI_KEY}"

    async def post(self, path: str, **query: str) -> str:
        answer = await self._client.post(self._url + path, params=query | {"api_key": ARI_KEY})
        assert answer.is_success, f"{path}: {answer.text}"
        return str(answer.json()["id"]) if answer.content else ""

    async def fork(self, channel: str, *, spy: str, leg: dict[str, object]) -> None:
        """One direction of a channel to one port of ours."""
        snoop = await self.post(f"/channels/{channel}/snoop", spy=spy, app=APP)
        media = await self.post(
            "/channels/externalMedia",
            app=APP,
            external_host=f"{leg['host']}:{leg['port']}",
            format="ulaw",
        )
        bridge = await self.post("/bridges", type="mixing")
        await self.post(f"/bridges/{bridge}/addChannel", channel=f"{snoop},{media}")


async def talked(house: RtpHouse, asterisk: Asterisk) -> CallId:
    """A call whose far side sends Asterisk's test tone, forked for a second; our id of it."""
    for module in MODULES:
        await asterisk.say(f"module load {module}")
    async with httpx.AsyncClient(trust_env=False) as client:
        ari = Ari(asterisk, client)
        async with connect(ari.events, proxy=None) as events:
            channel = await ari.post("/channels", endpoint="Local/tone@default", app=APP)
            async with asyncio.timeout(5):
                while json.loads(await events.recv())["type"] != "StasisStart":
                    pass
            call_id, (heard, said) = await house.taken(
                legs=[{"leg": "caller", "format": "ulaw"}, {"leg": "agent", "format": "ulaw"}],
                wire_call_id=channel,
            )
            await ari.fork(channel, spy="in", leg=heard)
            await ari.fork(channel, spy="out", leg=said)
            await asyncio.sleep(1.5)
            await house.ended(call_id)
            await house.gateway.ended(call_id)
            await asterisk.say("channel request hangup all")
    return call_id


async def test_asterisk_forks_a_call_by_external_media(tmp_path: Path) -> None:
    assert PROGRAM is not None

    async with (
        rtp_house() as house,
        running_asterisk(
            PROGRAM, tmp_path, hotline_url="ws://127.0.0.1:9", http_port=free_port()
        ) as asterisk,
    ):
        call_id = await talked(house, asterisk)
        version = await asterisk.version()

    caller = house.listener.heard[call_id, Leg.CALLER]
    assert version.startswith("Asterisk")
    assert len(caller.pcm) > 8_000
    assert loudest_hz(caller.pcm, sample_rate_hz=8_000) == pytest.approx(MILLIWATT_HZ, abs=3)
