"""A wire's own clock jumps by an hour: the call goes on, and no hour of silence is recorded or recognised."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect

from app.clock import SystemClock
from domain.call import EndReason
from domain.events import CallEnded, CallStarted
from media_gateway.wires.audiohook_media import duration_of
from media_gateway.wires.twilio_switch import StreamWriter
from tests.fakes.audiohook import MONO, Genesys, genesys
from tests.fakes.gateway import RunningGateway
from tests.fakes.rtp import Telephone, sound_packet
from tests.faults.house import FaultHouse, fault_house
from tests.faults.talks import talking, undisturbed
from tests.faults.wires import AUDIO_FORK

FRAME_MS = 20
FRAMES = 50
HOUR_MS = 3_600_000
FRAME = bytes(range(160))
LONGEST_MS = 20_000
"""A call of two seconds may not become longer than that: our burst allowance, and its own two seconds."""

jumps = pytest.mark.parametrize("jump_ms", [HOUR_MS, -HOUR_MS, 6 * HOUR_MS], ids=str)


async def ended(house: FaultHouse, wire: str) -> CallEnded:
    facts = await house.bus.until(CallStarted, that=lambda fact: fact.info.wire == wire)
    return await house.ended(facts[0].call_id)


def as_running(house: FaultHouse) -> RunningGateway:
    return RunningGateway(
        url=house.address, bus=house.bus, gateway=house.gateway, switchboard=house.switchboard
    )


@jumps
async def test_twilio_timestamps_that_jump_are_not_time(jump_ms: int) -> None:
    writer = StreamWriter(stream_id=f"MZ{uuid4().hex}", call_id="CA1")

    async with (
        fault_house() as house,
        undisturbed(house),
        connect(house.address.replace("http", "ws") + "/wire/twilio") as socket,
    ):
        await socket.send(writer.connected())
        await socket.send(writer.start(("inbound",), {}))
        for number in range(2 * FRAMES):
            at_ms = number * FRAME_MS + (jump_ms if number >= FRAMES else 0)
            await socket.send(
                writer.media("inbound", chunk=number + 1, at_ms=max(at_ms, 0), sound=FRAME)
            )
        await socket.send(writer.stop())
        end = await ended(house, "twilio")

    assert end.reason is EndReason.HUNG_UP
    assert 2 * FRAMES * FRAME_MS <= end.duration_ms <= LONGEST_MS


@jumps
async def test_an_audiohook_position_that_jumps_is_not_time(jump_ms: int) -> None:
    async with fault_house() as house, undisturbed(house), genesys(as_running(house)) as client:
        await client.open(MONO)
        await speak(client, FRAMES)
        at = max((FRAMES * FRAME_MS + jump_ms) * 8, 0)
        await client.say("ping", at=at)
        await client.answer("pong")
        await client.say(
            "discarded", {"start": duration_of(at), "discarded": duration_of(8 * HOUR_MS)}, at=at
        )
        await speak(client, FRAMES)
        await client.close(at=at)
        end = await ended(house, "audiohook")

    assert end.reason is EndReason.HUNG_UP
    assert 2 * FRAMES * FRAME_MS <= end.duration_ms <= LONGEST_MS


async def speak(client: Genesys, frames: int) -> None:
    for _ in range(frames):
        await client.socket.send(FRAME)


@jumps
async def test_rtp_timestamps_that_jump_are_not_time(jump_ms: int) -> None:
    async with fault_house() as house, undisturbed(house):
        async with httpx.AsyncClient(trust_env=False) as client:
            asked = {"legs": [{"leg": "caller", "format": "PCMU"}]}
            taken = (await client.post(house.address + "/wire/rtp", json=asked)).json()
            telephone = Telephone(taken["legs"][0]["port"])
            for number in range(2 * FRAMES):
                skipped = jump_ms * 8 if number >= FRAMES else 0
                telephone.send(sound_packet(number, skipped_ticks=skipped))
                await asyncio.sleep(FRAME_MS / 1000)
            telephone.close()
            await client.delete(f"{house.address}/wire/rtp/{taken['call_id']}")
        end = await ended(house, "rtp")

    assert end.reason is EndReason.HUNG_UP
    assert 2 * (FRAMES - 5) * FRAME_MS <= end.duration_ms <= LONGEST_MS


class LeapingClock(SystemClock):
    """The time of day leaps, as when a machine without battery finds its time server; seconds go on as they do."""

    def __init__(self) -> None:
        super().__init__()
        self.leap = timedelta()

    def now(self) -> datetime:
        return super().now() + self.leap


@pytest.mark.parametrize("leap", [timedelta(days=400), timedelta(days=-400)], ids=str)
async def test_a_leap_of_our_own_time_of_day_changes_no_call(leap: timedelta) -> None:
    clock = LeapingClock()

    async with fault_house(clock=clock) as house, undisturbed(house):
        async with talking(house, AUDIO_FORK) as talk:
            clock.leap = leap
            await talk.is_heard()
            await talk.goes_on()
        end = await talk.ended()

    assert end.reason is EndReason.HUNG_UP
    assert talk.kept() == talk.sound
