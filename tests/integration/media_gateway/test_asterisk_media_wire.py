"""Asterisk's media WebSocket over real sockets, in both roles: legs join, prompts keep to its rules, losses are none."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence

import httpx
import pytest
from starlette.routing import BaseRoute
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.typing import Subprotocol

from domain.audio import Leg, Speech
from domain.call import EndReason
from domain.events import CallStarted, KeyPressed, LegJoined
from domain.ids import CallId
from media_gateway import MediaGateway
from media_gateway.asterisk_media_settings import AsteriskMediaSettings
from media_gateway.client import Metadata, Mouth
from media_gateway.client.asterisk_media import AsteriskCall
from media_gateway.client.recording import Recording
from media_gateway.codecs import pcm16_to_ulaw, ulaw_to_pcm16
from media_gateway.sockets import asterisk_dialler, asterisk_media
from media_gateway.sockets.asterisk_dialler import AsteriskDialler
from media_gateway.wires.asterisk_media import CODECS, Spelling
from media_gateway.wires.asterisk_switch import EventWriter, parse_command
from tests.fakes.sound import noise, tone
from tests.fakes.waiting_asterisk import FakeAsterisk
from tests.fakes.wire_house import OpenHouse, Service, in_a_hurry, open_house

ANNOUNCED = CallId("announced-call")
WRITER = EventWriter(spelling=Spelling.PLAIN, channel_id="1761245643.1")
START = WRITER.media_start(connection_id="hotline", format_name="ulaw", codec=CODECS["ulaw"])
FRAME = bytes(range(160))
MEDIA = [Subprotocol("media")]


def doors(gateway: MediaGateway) -> Sequence[BaseRoute]:
    return asterisk_media.routes(gateway)


def url_of(house: OpenHouse, query: str = "") -> str:
    return f"{house.socket_address}/wire/asterisk?{query}"


async def test_two_legs_are_two_sockets_of_one_conversation() -> None:
    caller, agent = noise(1_600, rate_hz=16_000, seed=1), noise(1_600, rate_hz=16_000, seed=2)

    async with open_house(doors) as house:
        call = AsteriskCall(
            address=house.address, metadata=Metadata(title="两路"), pacer=in_a_hurry()
        )
        farewell = await call.run(Recording(legs=(caller, agent), sample_rate_hz=16_000))
        ended = await house.ended()
        started = house.bus.of(CallStarted)

    assert len(started) == 1
    assert (started[0].info.wire, started[0].info.title) == ("asterisk", "两路")
    assert farewell.call_id == ended.call_id
    assert ended.reason is EndReason.HUNG_UP
    assert {fact.leg for fact in house.bus.of(LegJoined)} == {Leg.CALLER, Leg.AGENT}
    assert house.kept(ended.call_id, Leg.CALLER) == caller
    assert agent in house.kept(ended.call_id, Leg.AGENT)


@pytest.mark.parametrize("first", ["caller", "agent"])
async def test_whichever_leg_comes_first_begins_the_conversation(first: str) -> None:
    second = "agent" if first == "caller" else "caller"

    async with open_house(doors) as house:
        async with connect(url_of(house, f"call=1.0&leg={first}"), subprotocols=MEDIA) as one:
            await one.send(START)
            await house.begun()
            async with connect(url_of(house, f"call=1.0&leg={second}"), subprotocols=MEDIA) as two:
                await two.send(START)
                await house.bus.until(LegJoined, count=2)
        await house.ended()

    assert len(house.bus.of(CallStarted)) == 1


async def test_sound_in_the_channels_codec_is_heard_and_keys_are_pressed() -> None:
    async with open_house(doors) as house:
        async with connect(url_of(house), subprotocols=MEDIA) as socket:
            chosen = socket.subprotocol
            await socket.send(START)
            await socket.send(FRAME * 5)
            await socket.send("SOMETHING_NEW a:b")
            await socket.send(b"")
            await socket.send(WRITER.key("5"))
            pressed = await house.bus.until(KeyPressed)
        ended = await house.ended()

    assert chosen == "media"
    assert pressed[0].key == "5"
    assert ended.reason is EndReason.HUNG_UP
    assert house.kept(ended.call_id, Leg.CALLER) == ulaw_to_pcm16(FRAME * 5)


@pytest.mark.parametrize(
    ("opening", "sentence"),
    [
        ("hello", "bad_wire: expected MEDIA_START first"),
        (FRAME, "bad_wire: expected MEDIA_START first"),
        ("MEDIA_START format:opus optimal_frame_size:160", "bad_wire: expected a format among"),
    ],
)
async def test_who_does_not_begin_as_asterisk_does_is_told_so(
    opening: str | bytes, sentence: str
) -> None:
    async with open_house(doors) as house, connect(url_of(house)) as socket:
        await socket.send(opening)
        await socket.wait_closed()

    assert socket.close_code == 1003
    assert (socket.close_reason or "").startswith(sentence)


async def test_a_prompt_is_buffered_and_ends_when_asterisk_has_played_it() -> None:
    question = Speech(pcm=tone(333), sample_rate_hz=8_000)
    heard: list[bytes] = []

    async def on_speech(speech: Speech) -> None:
        heard.append(speech.pcm)

    async with open_house(doors, play_grace_ms=5_000) as house, asyncio.TaskGroup() as group:
        house.switchboard.expect(ANNOUNCED)
        call = AsteriskCall(
            address=house.address, metadata=Metadata(call_id=ANNOUNCED), on_speech=on_speech
        )
        calling = group.create_task(call.run(Mouth(sample_rate_hz=8_000)))
        await house.begun()
        began_s = asyncio.get_running_loop().time()
        await house.switchboard.play(ANNOUNCED, question)
        took_s = asyncio.get_running_loop().time() - began_s
        await house.switchboard.hang_up(ANNOUNCED)
        farewell = await calling
        ended = await house.ended(ANNOUNCED)

    assert b"".join(heard) == ulaw_to_pcm16(pcm16_to_ulaw(question.pcm))
    assert 0.25 < took_s < 3  # neither when it was sent nor when patience ran out
    assert farewell.by_server
    assert ended.reason is EndReason.WE_HUNG_UP


def fetching(
    asterisk_url: str,
) -> tuple[Callable[[MediaGateway], Sequence[BaseRoute]], list[Callable[[MediaGateway], Service]]]:
    """The doors and the service of a gateway that fetches its calls."""
    diallers: dict[int, AsteriskDialler] = {}

    def dialler(gateway: MediaGateway) -> AsteriskDialler:
        settings = AsteriskMediaSettings(url=asterisk_url)
        return diallers.setdefault(id(gateway), AsteriskDialler(gateway=gateway, settings=settings))

    return (
        lambda gateway: asterisk_dialler.routes(gateway, dialler(gateway)),
        [lambda gateway: dialler(gateway).run],
    )


async def with_waiting_call(
    asterisk: FakeAsterisk, meanwhile: Callable[[OpenHouse, CallId], Awaitable[None]], **hints: str
) -> None:
    """A channel waits in Asterisk, its dial-plan tells us, we fetch it and ``meanwhile`` happens."""
    async with serve(asterisk.take, "127.0.0.1", 0, subprotocols=MEDIA, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        routes, services = fetching(f"ws://127.0.0.1:{port}")
        async with open_house(routes, services=services, burst_ms=60_000) as house:
            async with httpx.AsyncClient(trust_env=False) as http:
                answer = await http.post(
                    f"{house.address}/wire/asterisk/fetch",
                    json={"connection_id": "c-1", **hints},
                )
            assert answer.status_code == 202
            call_id = (await house.begun()).info.call_id
            await meanwhile(house, call_id)


async def test_a_call_that_waits_in_asterisk_is_fetched() -> None:
    asterisk = FakeAsterisk()

    async def talk(house: OpenHouse, call_id: CallId) -> None:
        await asyncio.sleep(0.05)
        await house.switchboard.hang_up(call_id)
        ended = await house.ended(call_id)
        assert ended.reason is EndReason.WE_HUNG_UP
        assert house.kept(call_id, Leg.CALLER).startswith(ulaw_to_pcm16(FRAME))

    await with_waiting_call(asterisk, talk, call="1.0", answer="yes")

    assert asterisk.paths == ["/media/c-1"]
    assert asterisk.texts == ["ANSWER", "HANGUP"]


@pytest.mark.parametrize("spelling", Spelling)
async def test_a_long_prompt_never_overruns_asterisks_queue(spelling: Spelling) -> None:
    asterisk = FakeAsterisk(spelling=spelling)
    speech = Speech(pcm=noise(9_000), sample_rate_hz=8_000)

    async def talk(house: OpenHouse, call_id: CallId) -> None:
        await house.switchboard.play(call_id, speech)

    await with_waiting_call(asterisk, talk, leg="caller")

    names = [parse_command(text).name for text in asterisk.texts]
    assert names == ["START_MEDIA_BUFFERING", "STOP_MEDIA_BUFFERING"]
    assert b"".join(asterisk.heard) == pcm16_to_ulaw(speech.pcm)
    assert asterisk.queue.dropped_bytes == 0


async def test_after_xoff_nothing_is_sent_until_xon() -> None:
    async with (
        open_house(doors) as house,
        asyncio.TaskGroup() as group,
        connect(url_of(house), subprotocols=MEDIA) as socket,
    ):
        await socket.send(START)
        await socket.send(FRAME)
        call_id = (await house.begun()).info.call_id
        await socket.send(WRITER.sending_allowed(False))
        await socket.send(WRITER.key("1"))
        await house.bus.until(KeyPressed)  # so XOFF has been read
        playing = group.create_task(
            house.switchboard.play(call_id, Speech(pcm=tone(100), sample_rate_hz=8_000))
        )
        assert await socket.recv() == "START_MEDIA_BUFFERING"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await socket.recv()
        await socket.send(WRITER.sending_allowed(True))
        assert isinstance(await socket.recv(), bytes)
        stop = parse_command(str(await socket.recv()))
        await socket.send(WRITER.buffering_completed(stop.mark))
        await playing


async def test_an_interrupted_prompt_is_flushed_at_once() -> None:
    async with (
        open_house(doors) as house,
        asyncio.TaskGroup() as group,
        connect(url_of(house), subprotocols=MEDIA) as socket,
    ):
        await socket.send(START)
        await socket.send(FRAME)
        call_id = (await house.begun()).info.call_id
        playing = group.create_task(
            house.switchboard.play(call_id, Speech(pcm=tone(60_000), sample_rate_hz=8_000))
        )
        assert await socket.recv() == "START_MEDIA_BUFFERING"
        sent = len(await socket.recv())
        await house.switchboard.stop_playing(call_id)
        await playing
        while (message := await socket.recv()) != "FLUSH_MEDIA":
            sent += len(message)

    assert sent <= 6 * 8_000  # it was never further ahead than it should be


async def test_a_person_on_the_line_is_spoken_to_frame_by_frame() -> None:
    asterisk = FakeAsterisk()
    speech = Speech(pcm=tone(250), sample_rate_hz=8_000)

    async def talk(house: OpenHouse, call_id: CallId) -> None:
        await house.switchboard.play(call_id, speech)

    await with_waiting_call(asterisk, talk, talk="yes")

    assert set(asterisk.sizes) == {160}
    assert b"".join(asterisk.heard).startswith(pcm16_to_ulaw(speech.pcm))
    assert [parse_command(text).name for text in asterisk.texts] == ["MARK_MEDIA"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"connection_id":5}',
        b'{"connection_id":"../../ari"}',
        b'{"connection_id":"a@evil.example"}',
        json.dumps({"connection_id": "x" * 101}).encode(),
        b"x" * 5_000,
    ],
)
async def test_no_wish_leads_us_anywhere_but_to_asterisk(body: bytes) -> None:
    routes, services = fetching("ws://127.0.0.1:9")

    async with (
        open_house(routes, services=services) as house,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        answer = await http.post(f"{house.address}/wire/asterisk/fetch", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"].startswith("media_gateway.")


async def test_a_call_that_asterisk_forgot_is_a_refusal_and_the_next_is_fetched() -> None:
    routes, services = fetching("ws://127.0.0.1:9")

    async with open_house(routes, services=services) as house:
        async with httpx.AsyncClient(trust_env=False) as http:
            for _ in range(2):
                await http.post(
                    f"{house.address}/wire/asterisk/fetch", json={"connection_id": "c-1"}
                )
        async with asyncio.timeout(5):
            while house.gateway.counters.calls_refused < 2:  # noqa: ASYNC110 - a plain number
                await asyncio.sleep(0.005)
