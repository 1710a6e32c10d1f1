"""Recordings come in over HTTP and go on as calls: in real time, or as fast as everybody hears them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from app.clock import SystemClock
from domain.audio import Leg, Sound
from domain.call import EndReason
from domain.errors import InputError, Refused
from domain.events import CallStarted, RecordingGapMarked
from domain.ids import CallId
from media_gateway import GatewaySettings
from media_gateway.client.file_wire import FileCall
from media_gateway.client.metadata import Metadata
from media_gateway.client.recording import Recording
from media_gateway.file_wire.api import FILE_PATH
from media_gateway.file_wire.settings import FileWireSettings
from tests.fakes.gateway import KeepingListener, RunningGateway, running_gateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import noise
from tests.fakes.wire_doors import playing_files


class SlowListener(KeepingListener):
    """Takes a moment for everything it hears, and knows how far it was behind."""

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        async def slowly() -> AsyncIterator[Sound]:
            async for piece in sound:
                await asyncio.sleep(0.0005)
                yield piece

        await super().listen(call_id, leg, slowly())


class House:
    """A gateway whose file wire is open."""

    def __init__(self, spool: Path) -> None:
        self.disk = MemoryRecordings()
        self.listener = SlowListener()
        self.spool = spool
        self.gateway: RunningGateway
        self.product: str

    @asynccontextmanager
    async def open(self, **limits: int) -> AsyncIterator["House"]:
        patience = {"stall_ms": 5_000, "listener_bound_ms": 4_000, "recorder_bound_ms": 4_000}
        settings = FileWireSettings(spool_dir=self.spool, behind_ms=2_000, max_upload_mb=10)
        async with (
            running_gateway(
                clock=SystemClock(),
                recordings=self.disk,
                listeners={"asr": self.listener},
                settings=GatewaySettings(**(patience | limits)),
            ) as self.gateway,
            playing_files(self.gateway.gateway, settings=settings) as self.product,
        ):
            yield self

    def kept(self, call_id: CallId, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(call_id, leg)])

    async def post(self, body: bytes, **query: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.post(self.product + FILE_PATH, content=body, params=query)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "spool")


def wav_of(*legs: bytes, path: Path) -> bytes:
    samples = np.stack([np.frombuffer(leg, "<i2") for leg in legs], axis=1)
    soundfile.write(path, samples, 8_000)
    return path.read_bytes()


async def test_a_long_recording_arrives_whole_though_its_listeners_are_slow(house: House) -> None:
    caller, agent = noise(60_000, seed=1), noise(60_000, seed=2)
    told: list[int] = []

    async with house.open():
        call = FileCall(
            address=house.product,
            metadata=Metadata(title="fast", caller_number="12345"),
            fast=True,
            on_sent=told.append,
        )
        farewell = await call.run(Recording(legs=(caller, agent), sample_rate_hz=8_000))
        assert farewell.call_id is not None
        ended = await house.gateway.ended(farewell.call_id)

    assert (farewell.said_goodbye, farewell.by_server) == (True, False)
    assert told[-1] == farewell.sent_samples == len(caller) // 2
    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 60_000)
    assert house.kept(farewell.call_id, Leg.CALLER) == caller
    assert house.kept(farewell.call_id, Leg.AGENT) == agent
    assert house.listener.heard[farewell.call_id, Leg.CALLER].pcm == caller
    assert house.gateway.bus.of(RecordingGapMarked) == []
    (started,) = house.gateway.bus.of(CallStarted)
    assert (started.info.title, started.info.caller_number) == ("fast", "12345")
    assert list(house.spool.iterdir()) == []


async def test_in_real_time_a_recording_takes_its_time(house: House) -> None:
    sound = noise(500)
    clock = SystemClock()

    async with house.open():
        began_ms = clock.monotonic_ms()
        farewell = await FileCall(address=house.product, metadata=Metadata()).run(
            Recording(legs=(sound,), sample_rate_hz=8_000)
        )
        took_ms = clock.monotonic_ms() - began_ms

    assert took_ms >= 400
    assert farewell.call_id is not None
    assert house.kept(farewell.call_id, Leg.CALLER) == sound


async def test_a_recording_can_be_stopped(house: House) -> None:
    async with house.open(), asyncio.TaskGroup() as group:
        call = FileCall(address=house.product, metadata=Metadata())
        playing = group.create_task(
            call.run(Recording(legs=(noise(30_000),), sample_rate_hz=8_000))
        )
        await house.gateway.started()
        call.hang_up()
        farewell = await playing

    assert farewell.said_goodbye
    assert 0 <= farewell.sent_samples < 30_000 * 8
    assert list(house.spool.iterdir()) == []


async def test_a_listener_that_hangs_holds_a_fast_file_only_for_a_while(house: House) -> None:
    house.listener.may_listen.clear()

    async with house.open(stall_ms=200, listener_flush_ms=20):
        call = FileCall(address=house.product, metadata=Metadata(), fast=True)
        farewell = await call.run(Recording(legs=(noise(2_500),), sample_rate_hz=8_000))

    assert farewell.said_goodbye
    assert farewell.sent_samples == 2_500 * 8


async def test_two_legs_may_be_named(house: House, tmp_path: Path) -> None:
    first, second = noise(100, seed=1), noise(100, seed=2)
    body = wav_of(first, second, path=tmp_path / "a.wav")

    async with house.open():
        answer = await house.post(body, legs="agent,caller", fast="1")
        call_id = CallId(answer.json()["call_id"])
        await house.gateway.ended(call_id)

    assert (answer.status_code, answer.json()["duration_ms"]) == (202, 100)
    assert house.kept(call_id, Leg.AGENT) == first


@pytest.mark.parametrize(
    ("query", "sentence"),
    [({}, "something else"), ({"legs": "caller"}, "2 different"), ({"legs": "x,y"}, "2 different")],
)
async def test_what_cannot_be_played_is_refused_in_one_sentence_and_not_kept(
    house: House, tmp_path: Path, query: dict[str, str], sentence: str
) -> None:
    stereo = wav_of(noise(100), noise(100), path=tmp_path / "a.wav")

    async with house.open():
        answer = await house.post(stereo if query else b"no sound", **query)

    assert answer.status_code == 400
    assert sentence in answer.json()["error"]["message"]
    assert house.gateway.bus.said == []
    assert list(house.spool.iterdir()) == []


async def test_too_long_an_upload_is_refused_and_not_kept(house: House) -> None:
    async with house.open():
        call = FileCall(address=house.product, metadata=Metadata())
        with pytest.raises(InputError):
            await call.run(Recording(legs=(noise(700_000),), sample_rate_hz=8_000))

    assert list(house.spool.iterdir()) == []


async def test_a_full_house_says_so_before_the_upload(house: House) -> None:
    async with house.open(max_calls=1):
        with house.gateway.gateway.place(), pytest.raises(Refused, match="try again later"):
            await FileCall(address=house.product, metadata=Metadata()).run(
                Recording(legs=(noise(100),), sample_rate_hz=8_000)
            )
        answer = await house.post(b"")

    assert answer.status_code == 400


async def test_a_page_of_another_site_brings_no_recording(house: House) -> None:
    async with house.open(), httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            house.product + FILE_PATH, headers={"Origin": "https://evil.example"}
        )
        unknown = await client.get(house.product + FILE_PATH + "/nobody")

    assert (answer.status_code, unknown.status_code) == (403, 404)


async def test_a_closing_house_ends_a_recording(house: House) -> None:
    async with house.open(), asyncio.TaskGroup() as group:
        call = FileCall(address=house.product, metadata=Metadata())
        playing = group.create_task(
            call.run(Recording(legs=(noise(30_000),), sample_rate_hz=8_000))
        )
        await house.gateway.started()
        await house.gateway.gateway.drain()
        farewell = await playing

    assert (farewell.said_goodbye, farewell.by_server) == (False, True)
    assert farewell.reason == "drained: the service is closing"
