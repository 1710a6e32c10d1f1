"""Open a house that takes plain RTP, on free ports of this machine, and compare what it heard with what was said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np

from app.clock import SystemClock
from domain.audio import Leg
from domain.ids import CallId
from media_gateway import GatewaySettings
from media_gateway.codecs import PCM16
from media_gateway.rtp.fork_service import RtpWire
from media_gateway.rtp.fork_wire import routes
from media_gateway.rtp.ports import RtpPorts
from media_gateway.rtp.settings import RtpSettings
from tests.fakes.gateway import KeepingListener, RunningGateway, running_gateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.wire_doors import served


@dataclass(slots=True, kw_only=True)
class RtpHouse:
    """A gateway with the door of RTP open."""

    url: str
    gateway: RunningGateway
    disk: MemoryRecordings
    listener: KeepingListener

    def kept(self, call_id: CallId, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(call_id, leg)])

    async def asked(self, **fields: object) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.post(f"{self.url}/wire/rtp", json=fields)

    async def taken(self, **fields: object) -> tuple[CallId, list[dict[str, Any]]]:
        answer = await self.asked(**({"legs": [{"leg": "caller", "format": "ulaw"}]} | fields))
        assert answer.status_code == 201, answer.text
        return CallId(answer.json()["call_id"]), answer.json()["legs"]

    async def ended(self, call_id: CallId) -> int:
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.delete(f"{self.url}/wire/rtp/{call_id}")).status_code


@asynccontextmanager
async def rtp_house(*, rtp: RtpSettings | None = None, **limits: int) -> AsyncIterator[RtpHouse]:
    disk, listener = MemoryRecordings(), KeepingListener()
    async with running_gateway(
        clock=SystemClock(),
        recordings=disk,
        listeners={"asr": listener},
        settings=GatewaySettings(**({"stall_ms": 5_000} | limits)),
    ) as gateway:
        ports = RtpPorts(rtp or RtpSettings(first_port=0, last_port=0))
        wire = RtpWire(gateway=gateway.gateway, ports=ports)
        async with asyncio.TaskGroup() as room, served(routes(wire)) as url:
            living = room.create_task(wire.run())
            yield RtpHouse(url=url, gateway=gateway, disk=disk, listener=listener)
            await gateway.gateway.drain()
            living.cancel()


def likeness(heard: bytes, said: bytes) -> float:
    """How alike two sounds are when the best shift between them is found; 1 is the same."""
    a = np.frombuffer(heard, PCM16).astype(np.float64)
    b = np.frombuffer(said, PCM16).astype(np.float64)
    spectrum = np.fft.rfft(a, 2 * len(b)) * np.conj(np.fft.rfft(b, 2 * len(b)))
    return float(np.max(np.fft.irfft(spectrum)) / (np.linalg.norm(a) * np.linalg.norm(b)))


def loudest_hz(pcm: bytes, *, sample_rate_hz: int) -> float:
    """The frequency of a tone."""
    wave = np.frombuffer(pcm, PCM16).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    return float(np.argmax(spectrum)) * sample_rate_hz / len(wave)
