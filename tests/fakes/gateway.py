"""Run the gateway behind a real server on a free port of this machine, with fakes all around it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette

from domain.audio import AudioFrame, AudioGap, Leg, Sound
from domain.events import CallEnded, CallStarted
from domain.ids import CallId
from domain.ports import Clock, LegListener, RecordingStore
from media_gateway import Equipment, GatewaySettings, MediaGateway, Switchboard
from media_gateway.client.audio_fork import wire_url
from media_gateway.sockets import audio_fork, lookup
from media_gateway.sockets.reading import PushedWebSocket
from tests.fakes.bus import FakeBus
from tests.fakes.recording_store import MemoryRecordings


@dataclass(slots=True)
class KeptSound:
    """What one listener heard of one leg."""

    pieces: list[Sound] = field(default_factory=list)
    has_finished: bool = False

    @property
    def pcm(self) -> bytes:
        return b"".join(piece.pcm for piece in self.pieces if isinstance(piece, AudioFrame))

    @property
    def gaps(self) -> list[AudioGap]:
        return [piece for piece in self.pieces if isinstance(piece, AudioGap)]


class KeepingListener:
    """A LegListener that remembers everything; it starts when ``may_listen`` is set."""

    def __init__(self) -> None:
        self.heard: dict[tuple[CallId, Leg], KeptSound] = {}
        self.may_listen = asyncio.Event()
        self.may_listen.set()

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        kept = self.heard.setdefault((call_id, leg), KeptSound())
        await self.may_listen.wait()
        async for piece in sound:
            kept.pieces.append(piece)
        kept.has_finished = True


@dataclass(slots=True, kw_only=True)
class RunningGateway:
    """A gateway, its address, and what it said."""

    url: str
    bus: FakeBus
    gateway: MediaGateway
    switchboard: Switchboard

    async def started(self, count: int = 1) -> list[CallStarted]:
        return await self.bus.until(CallStarted, count=count)

    async def ended(self, call_id: CallId) -> CallEnded:
        return (await self.bus.until(CallEnded, that=lambda e: e.call_id == call_id))[0]


@asynccontextmanager
async def running_gateway(
    *,
    clock: Clock,
    recordings: RecordingStore | None = None,
    listeners: Mapping[str, LegListener] | None = None,
    settings: GatewaySettings | None = None,
) -> AsyncIterator[RunningGateway]:
    bus = FakeBus(clock=clock)
    switchboard = Switchboard()
    gateway = MediaGateway(
        equipment=Equipment(
            bus=bus,
            recordings=recordings if recordings is not None else MemoryRecordings(),
            listeners=listeners or {},
            clock=clock,
            settings=settings or GatewaySettings(),
        ),
        switchboard=switchboard,
    )
    config = uvicorn.Config(
        Starlette(routes=[*audio_fork.routes(gateway), *lookup.routes(gateway)]),
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=5,
        ws=PushedWebSocket,
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as house:
        serving = house.create_task(server.serve())
        beating = house.create_task(gateway.metronome.run())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield RunningGateway(
                url=wire_url(f"http://127.0.0.1:{port}"),
                bus=bus,
                gateway=gateway,
                switchboard=switchboard,
            )
        finally:
            await gateway.drain()
            server.should_exit = True
            await serving
            beating.cancel()
