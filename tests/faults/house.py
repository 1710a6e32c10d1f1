"""Open a gateway with every wire in front of it, on free ports of this machine, and whatever fails behind it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from app.clock import SystemClock
from app.http_deadline import PunctualHttp
from domain.events import CallEnded, CallStarted, RecordingGapMarked
from domain.ids import CallId
from domain.ports import Clock, LegListener, RecordingStore
from media_gateway import Equipment, GatewaySettings, MediaGateway, Switchboard
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.audiosocket.settings import AudioSocketSettings
from media_gateway.rack import Run, WireRack
from media_gateway.rtp.settings import RtpSettings
from media_gateway.sip.settings import SipSettings
from media_gateway.sockets.reading import PushedWebSocket
from media_gateway.wire_settings import WireSettings
from tests.fakes.bus import FakeBus
from tests.fakes.recording_store import MemoryRecordings

PATIENCE = {"stall_ms": 5_000, "send_ms": 300, "play_grace_ms": 500, "listener_flush_ms": 300}

# Nobody here says the last words that a goodbye would wait for.
IMPATIENT = AudioHookSettings(flush_ms=500, refusal_ms=50, goodbye_ms=300)


@dataclass(slots=True, kw_only=True)
class FaultHouse:
    """A gateway, its addresses, and what it said."""

    address: str
    bus: FakeBus
    gateway: MediaGateway
    switchboard: Switchboard
    disk: RecordingStore
    audiosocket_port: int
    sip_port: int

    def at(self, wire: str) -> str:
        """Where a wire is."""
        match wire:
            case "audiosocket":
                return f"tcp://127.0.0.1:{self.audiosocket_port}"
            case "sip" | "siprec":
                return f"sip:127.0.0.1:{self.sip_port}"
            case "rtp":
                return self.address.replace("http", "rtp", 1)
            case _:
                return self.address

    @property
    def port(self) -> int:
        """Of HTTP and WebSockets."""
        return int(self.address.rpartition(":")[2])

    async def begun(self, *, title: str) -> CallId:
        facts = await self.bus.until(CallStarted, that=lambda fact: fact.info.title == title)
        return facts[0].call_id

    async def ended(self, call_id: CallId) -> CallEnded:
        return (await self.bus.until(CallEnded, that=lambda fact: fact.call_id == call_id))[0]

    def gaps(self, call_id: CallId, listener: str) -> list[RecordingGapMarked]:
        """What was marked as missing for somebody on a call, in order of time."""
        marks = (mark for mark in self.bus.of(RecordingGapMarked) if mark.call_id == call_id)
        return sorted((m for m in marks if m.listener == listener), key=lambda m: m.start_ms)


@asynccontextmanager
async def fault_house(
    *,
    recordings: RecordingStore | None = None,
    listeners: Mapping[str, LegListener] | None = None,
    bus: FakeBus | None = None,
    clock: Clock | None = None,
    hook: AudioHookSettings = IMPATIENT,
    routes: Sequence[BaseRoute] = (),
    port: int = 0,
    **limits: int,
) -> AsyncIterator[FaultHouse]:
    """``routes`` are served beside the wires; ``limits`` are GatewaySettings."""
    clock = clock or SystemClock()
    bus = bus or FakeBus(clock=clock)
    disk = recordings if recordings is not None else MemoryRecordings()
    switchboard = Switchboard()
    settings = GatewaySettings(**(PATIENCE | limits))
    gateway = MediaGateway(
        equipment=Equipment(
            bus=bus, recordings=disk, listeners=listeners or {}, clock=clock, settings=settings
        ),
        switchboard=switchboard,
    )
    sip_port, audiosocket_port = _free_port(), _free_port()
    wires = WireSettings(
        audiohook=hook,
        audiosocket=AudioSocketSettings(port=audiosocket_port, opening_ms=settings.opening_ms),
        rtp=RtpSettings(first_port=0, last_port=0, orphan_ms=settings.stall_ms),
        sip=SipSettings(udp_port=sip_port, tcp_port=sip_port),
    )
    rack = WireRack(gateway=gateway, bus=bus, clock=clock, settings=wires)
    await rack.open()
    async with _open([*rack.routes, *routes], tuple(rack.services.values()), port) as taken:
        try:
            yield FaultHouse(
                address=f"http://127.0.0.1:{taken}",
                bus=bus,
                gateway=gateway,
                switchboard=switchboard,
                disk=disk,
                audiosocket_port=audiosocket_port,
                sip_port=sip_port,
            )
        finally:
            await gateway.drain()


def _free_port() -> int:
    """One that is free for TCP and for UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            number = int(tcp.getsockname()[1])
            try:
                udp.bind(("127.0.0.1", number))
            except OSError:
                continue
            return number


async def _alive(service: Run) -> None:
    await service()


@asynccontextmanager
async def _open(
    doors: Sequence[BaseRoute], services: Sequence[Run], port: int
) -> AsyncIterator[int]:
    config = uvicorn.Config(
        Starlette(routes=list(doors)),
        host="127.0.0.1",
        port=port,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=5,
        ws=PushedWebSocket,
        http=PunctualHttp,
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        running = [group.create_task(_alive(service)) for service in services]
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        try:
            yield server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = True
            await serving
            for service in running:
                service.cancel()
