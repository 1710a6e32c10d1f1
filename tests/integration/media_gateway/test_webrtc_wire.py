"""Real peer connections on this machine: browsers are let in, heard at their own time, answered, and never left behind."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from app.clock import SystemClock
from domain.audio import GapCause, Leg, Speech
from domain.call import EndReason
from domain.errors import InputError, Refused
from domain.events import KeyPressed, LegJoined, RecordingGapMarked
from domain.ids import CallId
from media_gateway import GatewaySettings
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Mouth
from media_gateway.client.recording import Recording
from media_gateway.client.webrtc import WebRtcCall
from media_gateway.webrtc.settings import IceServer, WebRtcSettings
from media_gateway.wires import whip
from tests.fakes.gateway import RunningGateway, running_gateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.webrtc import RunningWebRtc, likeness, running_webrtc, sweep

RATE_HZ = 16_000
ALIKE = 0.95  # Opus at 24 kbit/s on a sweep gives 0.99
CODEC_LAG = 400  # samples: the codec's look-ahead and the filters


@dataclass(slots=True, kw_only=True)
class House:
    """A gateway with the WebRTC wire, and what it recorded."""

    gateway: RunningGateway
    webrtc: RunningWebRtc
    disk: MemoryRecordings

    @property
    def address(self) -> str:
        return self.webrtc.address

    def kept(self, call_id: CallId, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(call_id, leg)])

    async def hears_somebody(self) -> None:
        """Wait until the first packet of sound has come."""
        async with asyncio.timeout(10):
            while not self.webrtc.service.counters.packets:  # noqa: ASYNC110 - a counter has no event
                await asyncio.sleep(0.01)

    async def is_empty(self) -> None:
        """Wait until the last session has gone."""
        async with asyncio.timeout(10):
            while self.webrtc.service.counters.sessions_live:  # noqa: ASYNC110 - a counter has no event
                await asyncio.sleep(0.01)


@asynccontextmanager
async def a_house(**limits: object) -> AsyncIterator[House]:
    disk = MemoryRecordings()
    settings = WebRtcSettings(**limits)  # type: ignore[arg-type]
    async with (
        running_gateway(
            clock=SystemClock(), recordings=disk, settings=GatewaySettings(max_calls=25)
        ) as gateway,
        running_webrtc(gateway.gateway, settings) as webrtc,
    ):
        yield House(gateway=gateway, webrtc=webrtc, disk=disk)


async def place(house: House, *legs: bytes, **more: object) -> Farewell:
    call = WebRtcCall(address=house.address, metadata=Metadata(title="x"), **more)  # type: ignore[arg-type]
    return await call.run(Recording(legs=legs, sample_rate_hz=RATE_HZ))


async def an_offer() -> str:
    """An honest offer whose sender will never be seen again."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("audio", direction="sendrecv")
    await connection.setLocalDescription()
    sdp = connection.localDescription.sdp
    await connection.close()
    return sdp


async def ask(house: House, **more: object) -> httpx.Response:
    headers = {"content-type": whip.CONTENT_TYPE} | dict(more.pop("headers", {}))  # type: ignore[call-overload]
    content = more.pop("content", None) or await an_offer()
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.request(
            str(more.get("method", "POST")),
            house.address + str(more.get("path", "/whip")),
            content=str(content),
            headers=headers,
        )


async def test_a_call_arrives_at_its_own_time_without_a_gap() -> None:
    said = sweep(2_000)

    async with a_house() as house:
        farewell = await place(house, said)
        assert farewell.call_id is not None
        ended = await house.gateway.ended(farewell.call_id)
        alike, lag = likeness(house.kept(farewell.call_id, Leg.CALLER), said)
        gaps = house.gateway.bus.of(RecordingGapMarked)

    assert (farewell.by_server, farewell.said_goodbye) == (False, True)
    assert ended.reason is EndReason.HUNG_UP
    assert abs(ended.duration_ms - 2_000) <= 20
    assert gaps == []
    assert alike > ALIKE
    assert 0 <= lag < CODEC_LAG


async def test_two_legs_are_two_sessions_of_one_conversation() -> None:
    caller, agent = sweep(1_000), sweep(2_000)[-32_000:]

    async with a_house() as house:
        farewell = await place(house, caller, agent)
        assert farewell.call_id is not None
        await house.gateway.ended(farewell.call_id)
        joined = {fact.leg for fact in house.gateway.bus.of(LegJoined)}
        started = await house.gateway.started()
        heard = house.kept(farewell.call_id, Leg.AGENT)

    assert joined == {Leg.CALLER, Leg.AGENT}
    assert len(started) == 1
    assert likeness(heard, agent)[0] > ALIKE


async def test_the_browser_hears_us_and_we_know_when_it_has() -> None:
    heard: asyncio.Queue[Speech] = asyncio.Queue(maxsize=5)
    said = sweep(800)

    async with a_house() as house:
        mouth = Mouth(sample_rate_hz=RATE_HZ)
        call = WebRtcCall(address=house.address, metadata=Metadata(), on_speech=heard.put)
        async with asyncio.TaskGroup() as group:
            calling = group.create_task(call.run(mouth))
            started = (await house.gateway.started())[0]
            await house.hears_somebody()
            await house.gateway.switchboard.play(
                started.call_id, Speech(pcm=said, sample_rate_hz=RATE_HZ)
            )
            speech = await asyncio.wait_for(heard.get(), 5)
            mouth.shut()
            await calling

    assert likeness(speech.pcm, said)[0] > ALIKE


async def test_keys_come_over_the_channel_and_ours_to_hang_up_is_told() -> None:
    async with a_house() as house:
        call = WebRtcCall(address=house.address, metadata=Metadata())
        async with asyncio.TaskGroup() as group:
            calling = group.create_task(call.run(Mouth(sample_rate_hz=RATE_HZ)))
            started = (await house.gateway.started())[0]
            await house.hears_somebody()
            await call.press("7")
            pressed = (await house.gateway.bus.until(KeyPressed))[0]
            await house.gateway.switchboard.hang_up(started.call_id)
            farewell = await calling

    assert (pressed.key, pressed.leg) == ("7", Leg.CALLER)
    assert (farewell.by_server, farewell.said_goodbye) == (True, True)
    assert farewell.reason == EndReason.WE_HUNG_UP


async def test_what_the_network_loses_is_a_gap_of_its_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said, lost = sweep(1_500), range(20, 30)

    async with a_house() as house:
        call = WebRtcCall(address=house.address, metadata=Metadata())
        monkeypatch.setattr("media_gateway.webrtc.reorder.Reorder.take", _losing(lost))
        farewell = await call.run(Recording(legs=(said,), sample_rate_hz=RATE_HZ))
        assert farewell.call_id is not None
        ended = await house.gateway.ended(farewell.call_id)
        gaps = [
            gap for gap in house.gateway.bus.of(RecordingGapMarked) if gap.cause is GapCause.NETWORK
        ]
        heard = house.kept(farewell.call_id, Leg.CALLER)

    assert gaps
    assert {gap.end_ms - gap.start_ms for gap in gaps} == {200}
    assert abs(ended.duration_ms - 1_500) <= 20
    after = sweep(1_500)[2 * RATE_HZ :]
    assert likeness(heard[2 * RATE_HZ :], after)[0] > 0.9


def _losing(lost: range):  # type: ignore[no-untyped-def]
    """A network that swallows packets by their number since the first."""
    from media_gateway.webrtc.reorder import Reorder

    take = Reorder.take
    first: dict[int, int] = {}

    def lossy(self: Reorder, sequence: int, timestamp: int, payload: bytes) -> None:
        began = first.setdefault(id(self), sequence)
        if (sequence - began) % 65_536 not in lost:
            take(self, sequence, timestamp, payload)

    return lossy


async def test_whip_answers_as_the_rfc_wants() -> None:
    async with a_house(ice_servers=()) as house:
        created = await ask(house, path="/whip?title=%E4%BD%A0%E5%A5%BD&leg=caller")
        session = created.headers["location"]
        patched = await ask(house, method="PATCH", path=session)
        left = await ask(house, method="DELETE", path=session)
        call_id = CallId(created.headers["x-hotline-call-id"])
        ended = await house.gateway.ended(call_id)
        started = (await house.gateway.started())[0]
        again = await ask(house, method="DELETE", path=session)
        looked = await ask(house, method="GET")
        options = await ask(house, method="OPTIONS")

    assert created.status_code == 201
    assert created.headers["content-type"] == "application/sdp"
    assert session.startswith("/whip/session/")
    assert created.headers["etag"] == f'"{session.rsplit("/", 1)[1]}"'
    assert "a=candidate:" in created.text
    assert "a=setup:active" in created.text
    assert (patched.status_code, left.status_code, again.status_code) == (405, 200, 404)
    assert (looked.status_code, options.status_code) == (405, 200)
    assert options.headers["accept-post"] == "application/sdp"
    assert (ended.reason, started.info.title) == (EndReason.HUNG_UP, "你好")
    assert started.info.wire == "webrtc"
    assert started.info.wire_call_id == session.rsplit("/", 1)[1]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"content": "hello"}, 400),
        ({"headers": {"content-type": "text/plain"}}, 415),
        ({"headers": {"origin": "https://elsewhere.example"}}, 403),
        ({"content": "v=0\r\n" + "a=x\r\n" * 20_000}, 413),
        ({"content": "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"}, 422),
        ({"path": "/whip?leg=bot"}, 400),
        ({"path": "/whip/session/unknown", "method": "DELETE"}, 404),
    ],
)
async def test_what_cannot_become_a_call_is_refused_and_counted(
    asked: dict[str, object], status: int
) -> None:
    async with a_house() as house:
        response = await ask(house, **asked)
        sessions = house.webrtc.service.counters.sessions_started

    assert response.status_code == status
    assert response.json()["error"]["message"]
    assert sessions == 0


async def test_only_who_knows_the_token_gets_in() -> None:
    servers = (IceServer(url="turn:turn.example.org:3478", username="u", credential="p"),)
    async with a_house(token="word", ice_servers=servers) as house:
        without = await ask(house, method="OPTIONS")
        wrong = await ask(house, headers={"authorization": "Bearer other"})
        right = await ask(house, method="OPTIONS", headers={"authorization": "Bearer word"})

    assert (without.status_code, wrong.status_code, right.status_code) == (401, 401, 200)
    assert wrong.headers["www-authenticate"] == "Bearer"
    assert right.headers["link"].startswith('<turn:turn.example.org:3478>; rel="ice-server"')


async def test_a_full_house_says_when_to_come_again() -> None:
    async with a_house(max_sessions=1) as house:
        await ask(house)
        full = await ask(house)
        with pytest.raises(Refused):
            await place(house, sweep(100))

    assert full.status_code == 503
    assert full.headers["retry-after"] == "30"


async def test_the_client_says_in_a_sentence_that_nobody_is_there() -> None:
    call = WebRtcCall(address="http://127.0.0.1:1", metadata=Metadata())

    with pytest.raises(InputError, match="nobody answers"):
        await call.run(Mouth(sample_rate_hz=RATE_HZ))


async def test_a_browser_that_never_connects_vanishes_in_time() -> None:
    async with a_house(connect_ms=300) as house:
        created = await ask(house)
        ended = await house.gateway.ended(CallId(created.headers["x-hotline-call-id"]))
        await house.is_empty()

    assert ended.reason is EndReason.VANISHED
    assert "no connection" in (ended.detail or "")


async def test_a_tab_that_is_closed_without_goodbye_vanishes_in_time() -> None:
    async with a_house(silent_ms=700, report_ms=100) as house:
        call = WebRtcCall(address=house.address, metadata=Metadata())
        async with asyncio.TaskGroup() as group:
            calling = group.create_task(call.run(Mouth(sample_rate_hz=RATE_HZ)))
            started = (await house.gateway.started())[0]
            await house.hears_somebody()
            for protocol in (
                call._seats[0]
                ._connection.getSenders()[0]
                .transport.transport._connection._protocols
            ):
                protocol.transport.abort()
            ended = await house.gateway.ended(started.call_id)
            await house.is_empty()
            call.hang_up()
            await calling

    assert ended.reason is EndReason.VANISHED


async def test_a_flood_of_keys_ends_the_call_and_no_other() -> None:
    async with a_house() as house:
        call = WebRtcCall(address=house.address, metadata=Metadata())
        async with asyncio.TaskGroup() as group:
            calling = group.create_task(call.run(Mouth(sample_rate_hz=RATE_HZ)))
            started = (await house.gateway.started())[0]
            await house.hears_somebody()
            for _ in range(400):
                await call.press("1")
            ended = await house.gateway.ended(started.call_id)
            farewell = await calling

    assert ended.reason is EndReason.FLOODED
    assert farewell.by_server


async def test_after_twenty_calls_no_task_and_no_connection_is_left() -> None:
    async with a_house() as house:
        async with asyncio.TaskGroup() as calls:
            for _ in range(20):
                calls.create_task(place(house, sweep(200)))
        await house.is_empty()
        await asyncio.sleep(0.05)
        tasks = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]
        gc.collect()
        left = [thing for thing in gc.get_objects() if type(thing) is RTCPeerConnection]
        counters = house.webrtc.service.counters

    assert not [name for name in tasks if name.startswith(("RTC", "Connection", "Stun", "Whip"))]
    assert left == []
    assert (counters.sessions_started, counters.slow_closings) == (20, 0)


async def test_pictures_are_answered_inactive_and_the_sound_is_taken() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("audio", direction="sendonly")
    connection.addTransceiver("video", direction="sendonly")
    await connection.setLocalDescription()

    async with a_house() as house:
        created = await ask(house, content=connection.localDescription.sdp)
        await ask(house, method="DELETE", path=created.headers["location"])
        await connection.setRemoteDescription(RTCSessionDescription(created.text, "answer"))
        await connection.close()
        audio, video = created.text.split("m=video")

    assert "a=recvonly" in audio
    assert "a=inactive" in video
