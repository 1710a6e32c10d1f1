"""Run the gateway with chosen doors and services behind a real server on a free port of this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from app.clock import SystemClock
from domain.audio import Leg
from domain.events import CallEnded, CallStarted
from domain.ids import CallId
from media_gateway import Equipment, GatewaySettings, MediaGateway, Switchboard
from media_gateway.client import Pacer
from media_gateway.sockets import lookup
from media_gateway.sockets.reading import PushedWebSocket
from tests.fakes.bus import FakeBus
from tests.fakes.gateway import KeepingListener
from tests.fakes.recording_store import MemoryRecordings

Doors = Callable[[MediaGateway], Sequence[BaseRoute]]
Service = Callable[[], Coroutine[Any, Any, None]]


@dataclass(slots=True, kw_only=True)
class OpenHouse:
    """A gateway, its address, what it kept, heard and said."""

    address: str
    bus: FakeBus
    gateway: MediaGateway
    switchboard: Switchboard
    disk: MemoryRecordings
    listener: KeepingListener

    @property
    def socket_address(self) -> str:
        return self.address.replace("http", "ws", 1)

    def kept(self, call_id: CallId, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(call_id, leg)])

    async def begun(self) -> CallStarted:
        return (await self.bus.until(CallStarted))[0]

    async def ended(self, call_id: CallId | None = None) -> CallEnded:
        facts = await self.bus.until(
            CallEnded, that=lambda fact: call_id is None or fact.call_id == call_id
        )
        return facts[0]


@asynccontextmanager
async def open_house(
    doors: Doors, *, services: Sequence[Callable[[MediaGateway], Service]] = (), **limits: int
) -> AsyncIterator[OpenHouse]:
    """``limits`` are GatewaySettings; services run beside the server until the house closes."""
    patience = {"stall_ms": 5_000, "burst_ms": 10_000, "send_ms": 300, "play_grace_ms": 500}
    bus, switchboard = FakeBus(clock=SystemClock()), Switchboard()
    disk, listener = MemoryRecordings(), KeepingListener()
    gateway = MediaGateway(
        equipment=Equipment(
            bus=bus,
            recordings=disk,
            listeners={"asr": listener},
            clock=SystemClock(),
            settings=GatewaySettings(**(patience | limits)),
        ),
        switchboard=switchboard,
    )
    server = uvicorn.Server(_config(Starlette(routes=[*doors(gateway), *lookup.routes(gateway)])))
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        running = [group.create_task(gateway.metronome.run())]
        running += [group.create_task(service(gateway)()) for service in services]
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield OpenHouse(
                address=f"http://127.0.0.1:{port}",
                bus=bus,
                gateway=gateway,
                switchboard=switchboard,
                disk=disk,
                listener=listener,
            )
        finally:
            await gateway.drain()
            server.should_exit = True
            await serving
            for task in running:
                task.cancel()


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=5,
        ws=PushedWebSocket,
    )


def in_a_hurry() -> Pacer:
    """Send as fast as the socket takes it: for calls shorter than the burst allowance."""

    async def give_way(_: float) -> None:
        await asyncio.sleep(0)

    return Pacer(sleep=give_way)
