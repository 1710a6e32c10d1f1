"""Asterisk's side of AudioSocket over real sockets: legs arrive whole and find each other, trouble stays its own."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx
import pytest

from app.clock import SystemClock
from domain.audio import Leg, Speech
from domain.call import EndReason
from domain.errors import InputError, Refused
from domain.events import CallEnded, CallStarted, KeyPressed, LegJoined, LegLeft
from domain.ids import CallId
from media_gateway import GatewaySettings
from media_gateway.audiosocket import frames
from media_gateway.audiosocket.server import AudioSocketServer
from media_gateway.audiosocket.settings import AudioSocketSettings
from media_gateway.client.audiosocket import LEGS_PATH, AudioSocketCall
from media_gateway.client.lookup import find_call_id
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Mouth
from media_gateway.client.pacing import Pacer
from media_gateway.client.recording import Recording
from tests.fakes.gateway import KeepingListener, RunningGateway, running_gateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import noise, tone
from tests.fakes.wire_doors import listening_audiosocket

FRAME_BYTES = 320
CALL = UUID("30b0e395-84d3-4570-ac13-9a62d8f514c0")


class House:
    """A gateway with an AudioSocket listener, what it keeps and who listens."""

    def __init__(self) -> None:
        self.disk = MemoryRecordings()
        self.listener = KeepingListener()
        self.gateway: RunningGateway
        self.server: AudioSocketServer
        self.product: str

    @asynccontextmanager
    async def open(
        self, settings: AudioSocketSettings | None = None, **limits: int
    ) -> AsyncIterator["House"]:
        patience = {"stall_ms": 5_000, "burst_ms": 4_000, "send_ms": 300}
        async with (
            running_gateway(
                clock=SystemClock(),
                recordings=self.disk,
                listeners={"asr": self.listener},
                settings=GatewaySettings(**(patience | limits)),
            ) as self.gateway,
            listening_audiosocket(self.gateway.gateway, clock=SystemClock(), settings=settings) as (
                self.server,
                self.product,
            ),
        ):
            yield self

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server.port}"

    def kept(self, call_id: CallId, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(call_id, leg)])

    async def tell(self, **leg: object) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(self.product + LEGS_PATH, json=leg)
        assert answer.status_code == 201, answer.text

    async def only_call(self) -> CallId:
        return (await self.gateway.started())[0].call_id


@pytest.fixture
def house() -> House:
    return House()


class Switch:
    """A connection as Asterisk makes it, that a test can misuse."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self._arriving = frames.FrameReader()

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
        await self.writer.drain()

    async def frames_until_the_end(self) -> list[frames.Frame]:
        """Everything the server says until it closes."""
        heard: list[frames.Frame] = []
        async with asyncio.timeout(5):
            while data := await self._reader.read(4_096):
                heard += self._arriving.feed(data)
        return heard

    async def frames(self, count: int) -> list[frames.Frame]:
        heard: list[frames.Frame] = []
        async with asyncio.timeout(5):
            while len(heard) < count:
                heard += self._arriving.feed(await self._reader.read(4_096))
        return heard


@asynccontextmanager
async def switch(house: House, *, introduces: bool = True) -> AsyncIterator[Switch]:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    connection = Switch(reader, writer)
    if introduces:
        await connection.send(frames.call_frame(CALL))
    try:
        yield connection
    finally:
        writer.close()


def sounding(pcm: bytes, *, kind: int = 0x10, frame_bytes: int = FRAME_BYTES) -> bytes:
    return b"".join(
        frames.frame(kind, pcm[at : at + frame_bytes]) for at in range(0, len(pcm), frame_bytes)
    )


def in_a_hurry() -> Pacer:
    async def give_way(_: float) -> None:
        await asyncio.sleep(0)

    return Pacer(sleep=give_way)


def placed(
    house: House, *, metadata: Metadata | None = None, tells: bool = True
) -> AudioSocketCall:
    return AudioSocketCall(
        address=house.address,
        metadata=metadata or Metadata(),
        product=house.product if tells else None,
        pacer=in_a_hurry(),
    )


async def test_a_caller_nobody_told_of_is_a_conversation_of_its_own(house: House) -> None:
    sound = noise(1_230)

    async with house.open():
        call = placed(house, metadata=Metadata(wire_call_id=str(CALL)), tells=False)
        farewell = await call.run(Recording(legs=(sound,), sample_rate_hz=8_000))
        call_id = await find_call_id(house.product, wire="audiosocket", wire_call_id=str(CALL))
        assert call_id is not None
        ended = await house.gateway.ended(call_id)

    assert (farewell.said_goodbye, farewell.by_server) == (True, False)
    assert farewell.sent_samples == len(sound) // 2
    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 1_230)
    assert house.kept(call_id, Leg.CALLER) == sound
    assert house.listener.heard[call_id, Leg.CALLER].pcm == sound


async def test_two_connections_of_one_call_are_two_legs_of_one_conversation(house: House) -> None:
    caller, agent = noise(1_000, seed=1), noise(1_000, seed=2)
    metadata = Metadata(title="two legs", caller_number="13800000000")

    async with house.open():
        farewell = await placed(house, metadata=metadata).run(
            Recording(legs=(caller, agent), sample_rate_hz=8_000)
        )
        call_id = await house.only_call()
        await house.gateway.ended(call_id)
        started = house.gateway.bus.of(CallStarted)

    assert farewell.sent_samples == len(caller) // 2
    assert [(fact.info.title, fact.info.caller_number) for fact in started] == [
        ("two legs", "13800000000")
    ]
    assert house.kept(call_id, Leg.CALLER) == caller
    assert house.kept(call_id, Leg.AGENT) == agent


async def test_a_leg_that_leaves_does_not_end_the_conversation_and_another_takes_its_seat(
    house: House,
) -> None:
    first_agent, second_agent = uuid4(), uuid4()

    async with house.open():
        await house.tell(uuid=str(CALL), call="desk 7")
        await house.tell(uuid=str(first_agent), leg="agent", call="desk 7")
        await house.tell(uuid=str(second_agent), leg="agent", call="desk 7")
        async with switch(house) as caller:
            await caller.send(sounding(tone(200)))
            await house.only_call()
            for uuid in (first_agent, second_agent):
                async with switch(house, introduces=False) as agent:
                    await agent.send(frames.call_frame(uuid), sounding(tone(200)))
                    await agent.send(frames.frame(frames.HANG_UP))
                    await agent.frames_until_the_end()
            await house.gateway.bus.until(LegLeft, count=2)
            await caller.send(frames.frame(frames.HANG_UP))
            await house.gateway.ended(await house.only_call())

    assert len(house.gateway.bus.of(CallStarted)) == 1
    joined = [fact.leg for fact in house.gateway.bus.of(LegJoined)]
    assert joined == [Leg.CALLER, Leg.AGENT, Leg.AGENT]


@pytest.mark.parametrize(
    ("kind", "frame_bytes", "rate_hz"),
    [(0x10, 640, 16_000), (0x11, 640, 16_000), (0x13, 960, 24_000)],
)
async def test_the_rate_is_heard_from_the_frames_and_the_kind_is_sent_back(
    house: House, kind: int, frame_bytes: int, rate_hz: int
) -> None:
    sound = noise(400, rate_hz=rate_hz)

    async with house.open(), switch(house) as asterisk:
        await asterisk.send(sounding(sound, kind=kind, frame_bytes=frame_bytes))
        call_id = await house.only_call()
        async with asyncio.TaskGroup() as group:
            speech = Speech(pcm=tone(60, rate_hz=rate_hz), sample_rate_hz=rate_hz)
            group.create_task(house.gateway.switchboard.play(call_id, speech))
            said = await asterisk.frames(3)
        await asterisk.send(frames.frame(frames.HANG_UP))
        await house.gateway.ended(call_id)

    (joined, *_) = house.gateway.bus.of(LegJoined)
    assert joined.sample_rate_hz == rate_hz
    assert house.kept(call_id, Leg.CALLER) == sound
    assert {(said_kind, len(payload)) for said_kind, payload in said} == {(kind, frame_bytes)}
    assert b"".join(payload for _, payload in said) == speech.pcm


async def test_the_bot_is_interrupted_on_the_line(house: House) -> None:
    speech = Speech(pcm=tone(10_000), sample_rate_hz=8_000)

    async with house.open(), switch(house) as asterisk:
        await asterisk.send(sounding(tone(20)))
        call_id = await house.only_call()
        async with asyncio.TaskGroup() as group:
            playing = group.create_task(house.gateway.switchboard.play(call_id, speech))
            await asterisk.frames(2)
            await house.gateway.switchboard.stop_playing(call_id)
            await playing
        await house.gateway.switchboard.hang_up(call_id)
        rest = await asterisk.frames_until_the_end()

    assert len(rest) < 10, "what was not said yet is not said"
    assert rest[-1] == (frames.HANG_UP, b"")


async def test_keys_are_heard_and_unknown_kinds_are_skipped_and_counted(house: House) -> None:
    async with house.open(), switch(house) as asterisk:
        await asterisk.send(sounding(tone(100)), frames.key_frame("5"))
        await asterisk.send(frames.frame(0x02, b"\x01" + b"5" + bytes(4)), frames.frame(0x77))
        await asterisk.send(sounding(tone(100)), frames.frame(frames.HANG_UP))
        ended = await house.gateway.ended(await house.only_call())

    (key,) = house.gateway.bus.of(KeyPressed)
    assert (key.key, key.leg, key.pressed_at_ms) == ("5", Leg.CALLER, 100)
    assert house.server.counters.unknown_frames == 2
    assert ended.duration_ms == 200


HANG_UP = frames.frame(frames.HANG_UP)
CALLER_HUNG_UP = frames.frame(frames.FAILURE, b"\x01")
OUT_OF_MEMORY = frames.frame(frames.FAILURE, b"\x04")


@pytest.mark.parametrize(
    ("last", "reason", "detail"),
    [
        (HANG_UP, EndReason.HUNG_UP, None),
        (CALLER_HUNG_UP, EndReason.HUNG_UP, None),
        (b"", EndReason.HUNG_UP, None),  # closing the connection is a goodbye by the protocol
        (b"\x10\x01\x40half", EndReason.VANISHED, "inside a frame"),
        (OUT_OF_MEMORY, EndReason.VANISHED, "out of memory"),
        (frames.frame(0x10, b"odd"), EndReason.BAD_WIRE, "whole 16-bit samples"),
    ],
)
async def test_every_end_has_its_reason(
    house: House, last: bytes, reason: EndReason, detail: str | None
) -> None:
    async with house.open(), switch(house) as asterisk:
        await asterisk.send(sounding(tone(100)), last)
        asterisk.writer.write_eof()
        ended = await house.gateway.ended(await house.only_call())

    assert ended.reason is reason
    assert detail is None or detail in (ended.detail or "")


async def test_a_broken_connection_is_told_from_a_closed_one(house: House) -> None:
    async with house.open(), switch(house) as asterisk:
        await asterisk.send(sounding(tone(100)))
        call_id = await house.only_call()
        raw = asterisk.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset
        asterisk.writer.transport.abort()
        ended = await house.gateway.ended(call_id)

    assert ended.reason is EndReason.VANISHED


async def test_a_connection_that_stops_inside_a_frame_is_ended(house: House) -> None:
    async with house.open(stall_ms=200), switch(house) as asterisk:
        await asterisk.send(sounding(tone(100)), b"\x10\x01\x40half")
        ended = await house.gateway.ended(await house.only_call())
        said = await asterisk.frames_until_the_end()

    assert ended.reason is EndReason.STALLED
    assert said == [(frames.HANG_UP, b"")]


async def test_a_silent_line_is_taken_for_8_khz_after_a_while(house: House) -> None:
    async with (
        house.open(AudioSocketSettings(port=0, opening_ms=50)),
        switch(house) as asterisk,
    ):
        call_id = await house.only_call()
        await asterisk.send(sounding(tone(100), kind=0x12), HANG_UP)
        ended = await house.gateway.ended(call_id)

    assert ended.duration_ms == 100
    assert house.gateway.bus.of(LegJoined)[0].sample_rate_hz == 8_000


@pytest.mark.parametrize(
    ("opening", "refusals"),
    [
        (b"", 0),  # somebody only looked whether the port is open
        (b"GET / HTTP/1.1\r\n\r\n" + bytes(30_000), 1),
        (sounding(tone(40)), 1),
        (frames.call_frame(CALL) + frames.frame(0x17, bytes(3_840)), 1),
        (frames.call_frame(CALL) + frames.frame(0x10, bytes(160)), 1),
    ],
)
async def test_what_is_no_call_is_hung_up_on_and_noted(
    house: House, opening: bytes, refusals: int
) -> None:
    async with (
        house.open(AudioSocketSettings(port=0, opening_ms=50)),
        switch(house, introduces=False) as stranger,
    ):
        await stranger.send(opening)
        said = await stranger.frames_until_the_end()

    assert said == [(frames.HANG_UP, b"")]
    assert house.gateway.bus.said == []
    assert house.gateway.gateway.counters.calls_refused == refusals


async def test_a_full_house_hangs_up_and_the_next_call_finds_a_place(house: House) -> None:
    async with house.open(max_calls=1):
        async with switch(house) as first:
            await first.send(sounding(tone(20)))
            await house.only_call()
            with pytest.raises(Refused, match="hung up at once"):
                await placed(house, tells=False).run(Mouth(sample_rate_hz=8_000))
            await first.send(HANG_UP)
            await first.frames_until_the_end()
        await house.gateway.bus.until(CallEnded)
        farewell = await placed(house, tells=False).run(
            Recording(legs=(tone(400),), sample_rate_hz=8_000)
        )

    assert farewell.said_goodbye


async def test_a_closing_house_hangs_up(house: House) -> None:
    async with house.open(), switch(house) as asterisk:
        await asterisk.send(sounding(tone(100)))
        call_id = await house.only_call()
        await house.gateway.gateway.drain()
        said = await asterisk.frames_until_the_end()
        ended = await house.gateway.ended(call_id)

    assert said == [(frames.HANG_UP, b"")]
    assert ended.reason is EndReason.DRAINED


async def test_nobody_at_the_address_is_said_in_one_sentence(house: House) -> None:
    async with house.open():
        address = house.address
    call = AudioSocketCall(address=address, metadata=Metadata())
    with pytest.raises(InputError, match="nobody answers"):
        await call.run(Mouth(sample_rate_hz=8_000))
    with pytest.raises(InputError, match="add --url"):
        await call.run(Recording(legs=(tone(20), tone(20)), sample_rate_hz=8_000))


async def test_a_port_that_is_taken_is_said(house: House) -> None:
    async with house.open():
        other = AudioSocketServer(
            gateway=house.gateway.gateway,
            clock=SystemClock(),
            settings=AudioSocketSettings(port=house.server.port),
        )
        with pytest.raises(InputError, match="choose another port"):
            await other.run()
