"""Browsers that stop reading the desk: calls go on, other desks hear everything, and the frozen ones are sent away."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from starlette.routing import Mount
from websockets.asyncio.client import ClientConnection, connect

from app.clock import SystemClock
from bus import codec
from bus.local import LocalBus
from bus.port import EventLog
from console.asgi import build_app
from console.settings import ConsoleSettings
from domain.audio import Leg
from domain.call import EndReason
from domain.events import TranscriptFinalised
from domain.ids import CallId, SegmentId
from domain.language import ZH
from domain.transcript import TranscriptSegment
from storage.event_log import SqlEventLog
from storage.repositories.calls import CallRepository
from tests.fakes.bus import FakeBus
from tests.fakes.database import a_database
from tests.faults.house import FaultHouse, fault_house
from tests.faults.talks import Talk, talking, undisturbed
from tests.faults.wires import AUDIO_FORK, EVERY_WIRE, FaultWire, over

FROZEN = 5
LINES = 300
TEXT = "您好，请讲。" * 600
TAKES_MS = 200
HANDSHAKE = (
    "GET /api/desk?after=0 HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class LoggedBus(FakeBus):
    """It remembers what was said, and writes it into a real log."""

    def __init__(self, log: EventLog, clock: SystemClock) -> None:
        super().__init__(clock=clock)
        LocalBus.__init__(self, log, clock=clock)


@asynccontextmanager
async def house_with_desks(folder: Path) -> AsyncIterator[FaultHouse]:
    clock = SystemClock()
    async with a_database(folder) as database:
        log = SqlEventLog(database, codec=codec, clock=clock)
        bus = LoggedBus(log, clock)
        desk = build_app(
            calls=CallRepository(database, codec=codec),
            event_log=log,
            bus=bus,
            static=folder,
            settings=ConsoleSettings(browser_takes_ms=TAKES_MS),
        )
        async with fault_house(bus=bus, clock=clock, routes=[Mount("/", desk)]) as house:
            yield house
        await log.aclose()


async def frozen_desk(house: FaultHouse) -> socket.socket:
    """A browser that asks for everything and reads nothing of it."""
    loop = asyncio.get_running_loop()
    browser = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    browser.setblocking(False)
    await loop.sock_connect(browser, ("127.0.0.1", house.port))
    handshake = HANDSHAKE.format(host=f"127.0.0.1:{house.port}")
    await loop.sock_sendall(browser, handshake.encode())
    return browser


async def thaw(browser: socket.socket) -> int:
    """Read what is left until the house's end of it; returns how much it was."""
    loop, count = asyncio.get_running_loop(), 0
    async with asyncio.timeout(10):
        while data := await loop.sock_recv(browser, 65_536):
            count += len(data)
    return count


async def say_much(house: FaultHouse, talk: Talk) -> None:
    for number in range(LINES):
        await house.bus.publish(
            TranscriptFinalised(call_id=talk.call_id, segment=line(talk.call_id, number))
        )


def line(call_id: CallId, number: int) -> TranscriptSegment:
    return TranscriptSegment(
        call_id=call_id,
        leg=Leg.CALLER,
        segment_id=SegmentId(f"{call_id}-{number}"),
        revision=1,
        is_final=True,
        start_ms=number * 10,
        end_ms=number * 10 + 5,
        text=TEXT,
        language=ZH,
        engine="fake",
    )


async def hear_all(desk: ClientConnection) -> int:
    """How many lines a desk that reads is told."""
    heard = 0
    async with asyncio.timeout(20):
        while heard < LINES:
            heard += json.loads(await desk.recv())["type"] == "segment"
    return heard


@over(*EVERY_WIRE)
async def test_desks_that_freeze_hold_up_no_wire_and_are_sent_away(
    wire: FaultWire, tmp_path: Path
) -> None:
    async with house_with_desks(tmp_path) as house, AsyncExitStack() as stack:
        frozen = [await frozen_desk(house) for _ in range(FROZEN)]
        for browser in frozen:
            stack.callback(browser.close)
        async with undisturbed(house), talking(house, wire) as talk:
            await say_much(house, talk)
            await talk.is_heard()
            await talk.goes_on(2 * TAKES_MS)
        ended = await talk.ended()
        read = [await thaw(browser) for browser in frozen]

    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert all(count < LINES * len(TEXT.encode()) for count in read)


async def test_a_desk_that_reads_hears_everything_while_others_are_frozen(tmp_path: Path) -> None:
    async with house_with_desks(tmp_path) as house, AsyncExitStack() as stack:
        for _ in range(FROZEN):
            stack.callback((await frozen_desk(house)).close)
        url = house.address.replace("http", "ws", 1) + "/api/desk?after=0"
        async with (
            connect(url, proxy=None) as desk,
            talking(house, AUDIO_FORK) as talk,
            asyncio.TaskGroup() as group,
        ):
            hearing = group.create_task(hear_all(desk))
            await say_much(house, talk)

    assert hearing.result() == LINES
