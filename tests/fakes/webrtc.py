"""Run the WHIP endpoint of a gateway behind a real server on a free port of this machine."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from domain.audio import samples_from_ms
from media_gateway import MediaGateway
from media_gateway.webrtc.routes import webrtc_routes
from media_gateway.webrtc.service import WebRtcService
from media_gateway.webrtc.settings import WebRtcSettings
from tests.fakes.sound import pcm_of


@dataclass(slots=True, kw_only=True)
class RunningWebRtc:
    """The service and its address."""

    address: str
    service: WebRtcService


@asynccontextmanager
async def running_webrtc(
    gateway: MediaGateway,
    settings: WebRtcSettings | None = None,
    *,
    more_routes: Sequence[BaseRoute] = (),
) -> AsyncIterator[RunningWebRtc]:
    service = WebRtcService(gateway=gateway, settings=settings or WebRtcSettings())
    config = uvicorn.Config(
        Starlette(routes=[*webrtc_routes(service), *more_routes]),
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as house:
        serving = house.create_task(server.serve())
        running = house.create_task(service.run())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield RunningWebRtc(address=f"http://127.0.0.1:{port}", service=service)
        finally:
            server.should_exit = True
            await serving
            running.cancel()


def sweep(ms: int, *, rate_hz: int = 16_000) -> bytes:
    """A rising tone: no part of it is like another, so that a codec's delay can be measured."""
    at = np.arange(samples_from_ms(ms, rate_hz)) / rate_hz
    return pcm_of(0.2 * np.sin(2 * np.pi * (250 + 150 * at) * at))


def likeness(heard: bytes, sent: bytes) -> tuple[float, int]:
    """How much two sounds are alike, 1 for equal ones, and by how many samples the first comes later."""
    a, b = (np.frombuffer(pcm, "<i2").astype(np.float64) for pcm in (heard, sent))
    size = 1 << (len(a) + len(b)).bit_length()
    match = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    lag = int(np.argmax(match))
    return float(match[lag] / np.sqrt((a @ a) * (b @ b))), lag if lag < size // 2 else lag - size
