"""Open what stands beside the WebSocket wires: an HTTP door on a free port, an AudioSocket listener, a file wire."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from domain.ports import Clock
from media_gateway import MediaGateway
from media_gateway.audiosocket import api as audiosocket_api
from media_gateway.audiosocket.server import AudioSocketServer
from media_gateway.audiosocket.settings import AudioSocketSettings
from media_gateway.file_wire import api as file_api
from media_gateway.file_wire.service import FileWire
from media_gateway.file_wire.settings import FileWireSettings
from media_gateway.sockets import lookup


@asynccontextmanager
async def served(routes: Sequence[BaseRoute]) -> AsyncIterator[str]:
    """The address at which these routes answer."""
    config = uvicorn.Config(
        Starlette(routes=list(routes)), host="127.0.0.1", port=0, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as house:
        serving = house.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def listening_audiosocket(
    gateway: MediaGateway, *, clock: Clock, settings: AudioSocketSettings | None = None
) -> AsyncIterator[tuple[AudioSocketServer, str]]:
    """The listener on a free port, and the address of its HTTP door."""
    server = AudioSocketServer(
        gateway=gateway, clock=clock, settings=settings or AudioSocketSettings(port=0)
    )
    doors = [*audiosocket_api.routes(server.legs), *lookup.routes(gateway)]
    async with asyncio.TaskGroup() as house, served(doors) as product:
        listening = house.create_task(server.run())
        async with asyncio.timeout(5):
            await server.is_listening.wait()
        try:
            yield server, product
        finally:
            await gateway.drain()
            listening.cancel()


@asynccontextmanager
async def playing_files(
    gateway: MediaGateway, *, settings: FileWireSettings | None = None
) -> AsyncIterator[str]:
    """The address of a product whose file wire is open."""
    wire = FileWire(gateway=gateway, settings=settings or FileWireSettings())
    async with asyncio.TaskGroup() as house, served(file_api.routes(wire)) as product:
        playing = house.create_task(wire.run())
        try:
            yield product
        finally:
            await gateway.drain()
            playing.cancel()
