"""Start the house, keep it running, drain it and stop."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn

from app.http_deadline import PunctualHttp
from app.ports import open_port
from app.settings import Settings
from app.supervisor import supervise
from app.wiring import House, open_house
from media_gateway.sockets.reading import PushedWebSocket

log = logging.getLogger(__name__)

WS_MAX_BYTES = (
    1 << 20
)  # a wire's largest legal message is far smaller; more is refused before it is read
WS_PING_S = 20.0
CLOSE_SECONDS = 5


async def serve(settings: Settings, host: str, port: int) -> None:
    """Until SIGINT or SIGTERM. Raises InputError when the port or a setting is wrong, StorageError when data cannot be kept."""
    listener = open_port(host, port)
    with contextlib.closing(listener):
        async with open_house(settings, _address(listener)) as house:
            await _live(house, listener, settings)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{f'[{host}]' if ':' in host else host}:{port}"


async def _live(house: House, listener: socket.socket, settings: Settings) -> None:
    server = _Server(
        uvicorn.Config(
            house.asgi,
            log_config=None,
            access_log=False,
            ws=PushedWebSocket,
            http=PunctualHttp,
            ws_max_size=WS_MAX_BYTES,
            ws_ping_interval=WS_PING_S,
            timeout_graceful_shutdown=CLOSE_SECONDS,
        )
    )
    async with asyncio.TaskGroup() as group:
        services = [
            group.create_task(supervise(name, run, house.health), name=name)
            for name, run in house.services.items()
        ]
        waiting = group.create_task(_drain_on_signal(house, server, settings.drain_seconds))
        log.info("product is listening", extra={"address": _address(listener)})
        await server.serve(sockets=[listener])
        waiting.cancel()
        for service in services:
            service.cancel()
    log.info("product has stopped")


async def _drain_on_signal(house: House, server: uvicorn.Server, drain_seconds: int) -> None:
    """First end the calls kindly and let the last words become firm, then close the doors."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()
    log.info("draining", extra={"drain_seconds": drain_seconds})
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: setattr(server, "force_exit", True))
    try:
        await house.drain(drain_seconds)
    finally:
        server.should_exit = True


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: calls are drained before doors close."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
