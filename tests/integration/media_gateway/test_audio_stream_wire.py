"""mod_audio_stream over real sockets: compressed or not, with metadata or without, a call arrives whole."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from starlette.routing import BaseRoute
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import PerMessageDeflate

from domain.audio import Leg, Speech
from domain.call import EndReason
from domain.events import KeyPressed
from domain.ids import CallId
from media_gateway import MediaGateway
from media_gateway.client import Metadata, Mouth
from media_gateway.client.audio_stream import AudioStreamCall
from media_gateway.client.recording import Recording
from media_gateway.sockets import audio_stream
from tests.fakes.sound import noise, tone
from tests.fakes.wire_house import OpenHouse, in_a_hurry, open_house

ANNOUNCED = CallId("announced-call")
STEREO = "sampleRate=8000&mixType=stereo"


def doors(gateway: MediaGateway) -> Sequence[BaseRoute]:
    return audio_stream.routes(gateway)


def url_of(house: OpenHouse, query: str = "sampleRate=8000&mixType=mono") -> str:
    return f"{house.socket_address}/wire/audio-stream?{query}"


async def test_a_call_of_two_legs_arrives_whole() -> None:
    caller, agent = noise(2_010, seed=1), noise(2_010, seed=2)

    async with open_house(doors) as house:
        call = AudioStreamCall(
            address=house.address,
            metadata=Metadata(title="自由文本", wire_call_id="u-1"),
            pacer=in_a_hurry(),
        )
        farewell = await call.run(Recording(legs=(caller, agent), sample_rate_hz=8_000))
        begun, ended = await house.begun(), await house.ended()

    assert (begun.info.wire, begun.info.wire_call_id) == ("mod_audio_stream", "u-1")
    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 2_010)
    assert (farewell.call_id, farewell.said_goodbye) == (ended.call_id, True)
    assert house.kept(ended.call_id, Leg.CALLER) == caller
    assert house.kept(ended.call_id, Leg.AGENT) == agent


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_compression_is_spoken_where_it_is_offered(compression: str | None) -> None:
    sound = tone(1_000)

    async with open_house(doors) as house:
        async with connect(url_of(house), compression=compression) as socket:
            spoken = [type(extension) for extension in socket.protocol.extensions]
            await socket.send("queue 7")
            for at in range(0, len(sound), 320):
                await socket.send(sound[at : at + 320])
        ended = await house.ended()

    assert spoken == ([PerMessageDeflate] if compression else [])
    assert house.kept(ended.call_id, Leg.CALLER) == sound


async def test_sound_may_come_first() -> None:
    sound = noise(100)

    async with open_house(doors) as house:
        async with connect(url_of(house, STEREO)) as socket:
            await socket.send(sound)
        ended = await house.ended()

    assert len(house.kept(ended.call_id, Leg.AGENT)) == len(sound) // 2


async def test_texts_of_the_dial_plan_are_keys_or_let_pass() -> None:
    async with open_house(doors) as house:
        async with connect(url_of(house)) as socket:
            await socket.send('{"title":"t"}')
            await socket.send("hello")
            await socket.send('{"event":"dtmf","dtmf":"7"}')
            pressed = await house.bus.until(KeyPressed)
        await house.ended()

    assert pressed[0].key == "7"


async def test_the_bot_is_asked_for_in_the_editions_words() -> None:
    speech = Speech(pcm=tone(40), sample_rate_hz=8_000)
    opening = json.dumps({"call_id": ANNOUNCED})

    async with open_house(doors) as house, asyncio.TaskGroup() as group:
        house.switchboard.expect(ANNOUNCED)
        async with connect(url_of(house, "play=playAudio")) as socket:
            await socket.send(opening)
            named = json.loads(await socket.recv())
            await house.begun()
            group.create_task(house.switchboard.play(ANNOUNCED, speech))
            played = json.loads(await socket.recv())
            await house.switchboard.stop_playing(ANNOUNCED)
            killed = json.loads(await socket.recv())
        await house.ended(ANNOUNCED)

    assert named == {"type": "json", "data": {"call_id": ANNOUNCED}}
    assert (played["type"], played["data"]["audioContentType"]) == ("playAudio", "raw")
    assert killed == {"type": "killAudio"}


async def test_a_callee_hears_the_bot() -> None:
    heard: list[Speech] = []

    async def on_speech(speech: Speech) -> None:
        heard.append(speech)

    async with open_house(doors) as house, asyncio.TaskGroup() as group:
        house.switchboard.expect(ANNOUNCED)
        call = AudioStreamCall(
            address=house.address, metadata=Metadata(call_id=ANNOUNCED), on_speech=on_speech
        )
        calling = group.create_task(call.run(Mouth(sample_rate_hz=8_000)))
        await house.begun()
        speech = Speech(pcm=tone(100), sample_rate_hz=8_000)
        await house.switchboard.play(ANNOUNCED, speech)
        await house.switchboard.hang_up(ANNOUNCED)
        farewell = await calling

    assert heard == [speech]
    assert farewell.by_server


async def test_who_says_nothing_is_not_waited_for() -> None:
    async with open_house(doors, opening_ms=30) as house, connect(url_of(house)) as socket:
        await socket.wait_closed()

    assert (socket.close_code, socket.close_reason) == (
        1003,
        "bad_wire: expected metadata or sound, got neither",
    )


async def test_half_a_sample_ends_the_call_with_a_sentence() -> None:
    async with open_house(doors) as house, connect(url_of(house)) as socket:
        await socket.send("x")
        await socket.send(b"\0\1\2")
        await socket.wait_closed()
        ended = await house.ended()

    assert (socket.close_code, ended.reason) == (1003, EndReason.BAD_WIRE)
