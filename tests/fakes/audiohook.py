"""Run the AudioHook wire behind a real server on a free port of this machine, and be a client that can misbehave."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.clock import SystemClock
from domain.audio import Leg
from domain.ids import CallId
from domain.ports import LegListener
from media_gateway import Equipment, GatewaySettings, MediaGateway, Switchboard
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.client.audiohook_request import wire_url
from media_gateway.client.pacing import Pacer
from media_gateway.codecs import Encoding, decoded, encoded
from media_gateway.sockets import audiohook, lookup
from media_gateway.sockets.reading import PushedWebSocket
from media_gateway.transcript_source import BusTranscripts
from media_gateway.wires.audiohook_envelope import Correspondence, Received, Side
from media_gateway.wires.audiohook_media import Media, duration_of
from media_gateway.wires.audiohook_messages import open_parameters
from tests.fakes.bus import FakeBus
from tests.fakes.gateway import RunningGateway
from tests.fakes.recording_store import MemoryRecordings

STEREO = Media(format="PCMU", channels=("external", "internal"))
MONO = Media(format="PCMU", channels=("external",))
SECOND = bytes([0xFF]) * 16_000  # of two channels of PCMU
QUICK = AudioHookSettings(goodbye_ms=300, reconnect_ms=50, flush_ms=2_000, event_gap_ms=1)
IMPATIENT = replace(QUICK, goodbye_ms=30)
ORGANIZATION = "d7934305-0972-4844-938e-9060eef73d05"


@asynccontextmanager
async def running_audiohook(
    *,
    settings: GatewaySettings | None = None,
    hook: AudioHookSettings | None = None,
    listeners: Mapping[str, LegListener] | None = None,
    recordings: MemoryRecordings | None = None,
    bus: FakeBus | None = None,
    port: int = 0,
) -> AsyncIterator[RunningGateway]:
    """``url`` is the product's own address, http://…"""
    clock = SystemClock()
    bus = bus or FakeBus(clock=clock)
    switchboard = Switchboard()
    kit = Equipment(
        bus=bus,
        recordings=recordings if recordings is not None else MemoryRecordings(),
        listeners=listeners or {},
        clock=clock,
        settings=settings or GatewaySettings(),
    )
    gateway = MediaGateway(equipment=kit, switchboard=switchboard)
    words = BusTranscripts(bus)
    routes = [*audiohook.routes(gateway, hook, words), *lookup.routes(gateway)]
    server = uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=routes),
            host="127.0.0.1",
            port=port,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=5,
            ws=PushedWebSocket,
        )
    )
    async with asyncio.TaskGroup() as house:
        serving = house.create_task(server.serve())
        services = [
            house.create_task(service) for service in (gateway.metronome.run(), words.run())
        ]
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        taken = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield RunningGateway(
                url=f"http://127.0.0.1:{taken}", bus=bus, gateway=gateway, switchboard=switchboard
            )
        finally:
            await gateway.drain()
            server.should_exit = True
            await serving
            for service in services:
                service.cancel()


@dataclass(slots=True)
class Genesys:
    """One client that says exactly what a test tells it to, and keeps what it is answered."""

    socket: ClientConnection
    session_id: str
    conversation_id: str = field(default_factory=lambda: str(uuid4()))
    letters: Correspondence = field(init=False)
    answers: list[Received] = field(default_factory=list)
    packets: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.letters = Correspondence(side=Side.CLIENT, session_id=self.session_id)

    async def say(
        self, name: str, parameters: Mapping[str, object] | None = None, *, at: int = 0
    ) -> None:
        text = self.letters.write(name, parameters or {}, position=duration_of(at))
        await self.socket.send(text)

    async def open(
        self, *media: Media, conversation_id: str | None = None, **more: object
    ) -> Received:
        """Open and return the answer. ``more`` replaces parameters."""
        parameters = open_parameters(
            organization_id=ORGANIZATION,
            conversation_id=conversation_id or self.conversation_id,
            media=media or (STEREO,),
            caller_number="+86 21 1234",
            dialled_number="tel:12345",
        )
        await self.say("open", parameters | more)
        return await self.answer()

    async def answer(self, name: str | None = None) -> Received:
        """The next message, or the next of that type."""
        async with asyncio.timeout(10):
            while True:
                message = await self.socket.recv()
                if isinstance(message, bytes):
                    self.packets.append(message)
                    continue
                received = self.letters.receive(message)
                self.answers.append(received)
                if name in (None, received.type):
                    return received

    async def close(self, *, at: int = 0, reason: str = "end") -> None:
        await self.say("close", {"reason": reason}, at=at)
        await self.answer("closed")
        await self.socket.close()

    async def until_closed(self) -> tuple[int, str]:
        try:
            while True:
                await self.answer()
        except ConnectionClosed:
            return self.socket.close_code or 0, self.socket.close_reason or ""


@asynccontextmanager
async def genesys(
    gateway: RunningGateway, *, path: str | None = None, **headers: str
) -> AsyncIterator[Genesys]:
    session_id = str(uuid4())
    named = {"Audiohook-Organization-Id": ORGANIZATION, "Audiohook-Session-Id": session_id}
    async with connect(
        wire_url(gateway.url, path),
        additional_headers=named | headers,
        compression=None,
        proxy=None,
    ) as socket:
        yield Genesys(socket, session_id)


def kept(disk: MemoryRecordings, call_id: CallId, leg: Leg) -> bytes:
    return bytes(disk.sound[disk.key(call_id, leg)])


def as_heard(pcm: bytes) -> bytes:
    """What is left of sound that went over a wire of PCMU."""
    return decoded(encoded(pcm, Encoding.PCMU), Encoding.PCMU)


def in_a_hurry() -> Pacer:
    async def give_way(_: float) -> None:
        await asyncio.sleep(0)

    return Pacer(sleep=give_way)


async def the_call(gateway: RunningGateway) -> CallId:
    return (await gateway.started())[0].call_id
