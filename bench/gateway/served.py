"""Run the real gateway with every wire, its recorder on disk and a ring for recognition, but without recognition.

Run as a process: ``python -m bench.gateway.served FOLDER``. It tells its ports, and on each order ``mark`` what it has
taken in and what CPU time it has used. Each of its calls is a real one: facts in a database, files on the disk.
"""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from bench.gateway.bare import HOST
from bench.gateway.process import cpu_s, orders, tell
from bus import codec
from bus.local import LocalBus
from bus.settings import BusSettings
from domain.audio import AudioFrame, Leg, Sound
from domain.ids import CallId
from media_gateway import Equipment, GatewaySettings, MediaGateway, Switchboard
from media_gateway.audiosocket.settings import AudioSocketSettings
from media_gateway.rack import WireRack
from media_gateway.rtp.settings import RtpSettings
from media_gateway.sip.settings import SipSettings
from media_gateway.sockets.reading import PushedWebSocket
from media_gateway.wire_settings import WireSettings
from storage import open_database
from storage.event_log import SqlEventLog
from storage.migrate import upgrade
from storage.recordings import FileRecordings
from storage.settings import StorageSettings

MOST_CALLS = 2_000
FIRST_RTP_PORT = 24_000
LAST_RTP_PORT = 27_999
START_WITHIN_S = 20.0


class MachineClock:
    """The machine's own time."""

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def now(self) -> datetime:
        return datetime.now(UTC)


class Ring:
    """Stands where recognition stands: takes every block in time and keeps none."""

    def __init__(self) -> None:
        self.samples = 0
        self.missed_samples = 0

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        async for piece in sound:
            if isinstance(piece, AudioFrame):
                self.samples += piece.samples
            else:
                self.missed_samples += piece.samples


async def serve(folder: Path, sip_port: int, audiosocket_port: int) -> None:
    """Until the parent goes."""
    clock, ring = MachineClock(), Ring()
    async with AsyncExitStack() as stack:
        database = await open_database(folder, StorageSettings())
        stack.push_async_callback(database.aclose)
        await upgrade(database)
        event_log = SqlEventLog(database, codec=codec, clock=clock)
        stack.push_async_callback(event_log.aclose)
        bus = LocalBus(event_log, clock=clock, settings=BusSettings())
        gateway = MediaGateway(
            equipment=Equipment(
                bus=bus,
                recordings=FileRecordings(
                    folder / "recordings", clock=clock, settings=StorageSettings()
                ),
                listeners={"asr": ring},
                clock=clock,
                settings=GatewaySettings(max_calls=MOST_CALLS),
            ),
            switchboard=Switchboard(),
        )
        rack = WireRack(
            gateway=gateway,
            bus=bus,
            clock=clock,
            settings=wire_settings(sip_port, audiosocket_port),
        )
        await _live(gateway, rack, ring)


def wire_settings(sip_port: int, audiosocket_port: int) -> WireSettings:
    """Every wire on."""
    return WireSettings(
        sip=SipSettings(host=HOST, udp_port=sip_port, tcp_port=sip_port),
        rtp=RtpSettings(host=HOST, first_port=FIRST_RTP_PORT, last_port=LAST_RTP_PORT),
        audiosocket=AudioSocketSettings(host=HOST, port=audiosocket_port),
    )


async def _live(gateway: MediaGateway, rack: WireRack, ring: Ring) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=rack.routes),
            host=HOST,
            port=0,
            log_config=None,
            lifespan="off",
            ws=PushedWebSocket,
            access_log=False,
        )
    )
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        services = [group.create_task(_kept_up(run)) for run in rack.services.values()]
        async with asyncio.timeout(START_WITHIN_S):
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
        tell(port=server.servers[0].sockets[0].getsockname()[1])
        await _answer(gateway, ring)
        await gateway.drain()
        server.should_exit = True
        await serving
        for service in services:
            service.cancel()


async def _kept_up(run: Callable[[], Awaitable[None]]) -> None:
    await run()


async def _answer(gateway: MediaGateway, ring: Ring) -> None:
    reader = await orders()
    while await reader.readline():
        counters = gateway.counters
        tell(
            cpu_s=cpu_s(),
            messages=counters.messages,
            live=counters.calls_live,
            ended=sum(counters.calls_ended.values()),
            samples=ring.samples,
            missed_samples=ring.missed_samples,
            gaps=counters.gaps,
        )


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
