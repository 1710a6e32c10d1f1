"""Twilio's wire over real sockets: two tracks arrive whole, losses are told, what we say is heard and can be stopped."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from starlette.routing import BaseRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from domain.audio import GapCause, Leg, Speech
from domain.call import EndReason
from domain.errors import NotFound
from domain.events import CallStarted, KeyPressed
from domain.ids import CallId
from media_gateway import MediaGateway
from media_gateway.client import Metadata, Mouth
from media_gateway.client.recording import Recording
from media_gateway.client.twilio import TwilioCall
from media_gateway.codecs import pcm16_to_ulaw, ulaw_to_pcm16
from media_gateway.sockets import twilio
from media_gateway.twilio_settings import TwilioSettings
from media_gateway.wires.twilio_signature import signature
from media_gateway.wires.twilio_switch import StreamWriter
from tests.fakes.sound import noise, tone
from tests.fakes.wire_house import OpenHouse, in_a_hurry, open_house

TOKEN = "token-of-the-account"
ANNOUNCED = CallId("announced-call")
FRAME = bytes(range(160))


def doors(gateway: MediaGateway) -> Sequence[BaseRoute]:
    return twilio.routes(gateway, TwilioSettings())


def guarded_doors(gateway: MediaGateway) -> Sequence[BaseRoute]:
    settings = TwilioSettings(auth_token=TOKEN, public_url="wss://hotline.example")
    return twilio.routes(gateway, settings)


def over_the_wire(pcm: bytes) -> bytes:
    return ulaw_to_pcm16(pcm16_to_ulaw(pcm))


def url_of(house: OpenHouse) -> str:
    return house.socket_address + "/wire/twilio"


async def closing_of(socket: ClientConnection) -> tuple[int, str]:
    try:
        async with asyncio.timeout(5):
            async for _ in socket:
                pass
    except ConnectionClosed:
        pass
    return socket.close_code or 0, socket.close_reason or ""


async def test_both_tracks_arrive_whole() -> None:
    caller, agent = noise(3_210, seed=1), noise(3_210, seed=2)

    async with open_house(doors) as house:
        call = TwilioCall(
            address=house.address,
            metadata=Metadata(title="养老认证", caller_number="13800000000", synthetic=True),
            pacer=in_a_hurry(),
        )
        farewell = await call.run(Recording(legs=(caller, agent), sample_rate_hz=8_000))
        begun = await house.begun()
        ended = await house.ended()

    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 3_210)
    assert (begun.info.wire, begun.info.title, begun.info.synthetic) == ("twilio", "养老认证", True)
    assert farewell.call_id == begun.info.call_id
    assert farewell.wire_call_id == begun.info.wire_call_id
    assert farewell.said_goodbye
    assert house.kept(ended.call_id, Leg.CALLER) == over_the_wire(caller)
    assert house.kept(ended.call_id, Leg.AGENT) == over_the_wire(agent)


async def test_what_overtook_is_put_back_and_what_is_lost_is_told() -> None:
    writer = StreamWriter(stream_id="MZ1", call_id="CA1")
    pieces = {chunk: pcm16_to_ulaw(noise(20, seed=chunk)) for chunk in range(1, 41)}
    order = [1, 3, 2, *range(4, 20), *range(24, 41)]

    async with open_house(doors) as house, connect(url_of(house)) as socket:
        await socket.send(writer.start(("inbound",), {}))
        for chunk in order:
            await socket.send(
                writer.media("inbound", chunk=chunk, at_ms=chunk * 20, sound=pieces[chunk])
            )
        await socket.send(writer.stop())
        ended = await house.ended()

    heard = house.listener.heard[ended.call_id, Leg.CALLER]
    kept = [pieces[chunk] for chunk in sorted(order)]
    assert ended.duration_ms == 800
    assert heard.pcm == ulaw_to_pcm16(b"".join(kept))
    assert [(gap.samples, gap.cause) for gap in heard.gaps] == [(640, GapCause.NETWORK)]


async def test_a_track_that_begins_late_keeps_its_place_in_time() -> None:
    writer = StreamWriter(stream_id="MZ1", call_id="CA1")

    async with open_house(doors) as house, connect(url_of(house)) as socket:
        await socket.send(writer.start(("inbound", "outbound"), {}))
        for chunk in range(1, 101):
            at_ms = chunk * 20 - 20
            await socket.send(writer.media("inbound", chunk=chunk, at_ms=at_ms, sound=FRAME))
        await socket.send(writer.media("outbound", chunk=1, at_ms=1_980, sound=FRAME))
        await socket.send(writer.stop())
        ended = await house.ended()

    gaps = house.listener.heard[ended.call_id, Leg.AGENT].gaps
    assert [(gap.start_ms, gap.end_ms, gap.cause) for gap in gaps] == [(0, 1_980, GapCause.ABSENT)]


async def test_telnyx_may_send_sound_before_the_start() -> None:
    start = {
        "event": "start",
        "stream_id": "32DE",
        "start": {"call_control_id": "v2:T0", "media_format": {"encoding": "PCMA"}},
    }
    early = {"event": "media", "stream_id": "32DE", "media": {"track": "inbound", "chunk": "1"}}
    early["media"] |= {"timestamp": "0", "payload": "1NXU1dTV1NXU1Q=="}  # type: ignore[operator]

    async with open_house(doors) as house, connect(url_of(house)) as socket:
        await socket.send('{"event":"connected","version":"1.0.0"}')
        await socket.send(json.dumps(early))
        await socket.send(json.dumps(start))
        await socket.send('{"event":"stop","stream_id":"32DE"}')
        ended = await house.ended()
        begun = await house.begun()

    assert (begun.info.wire, begun.info.wire_call_id) == ("telnyx", "v2:T0")
    assert len(house.kept(ended.call_id, Leg.CALLER)) == 20


class Callee:
    """Somebody the bot calls on a bidirectional stream: a live mouth, and ears that remember."""

    def __init__(self, house: OpenHouse) -> None:
        self.mouth = Mouth(sample_rate_hz=8_000)
        self.heard = b""
        self.hears = asyncio.Event()
        self.call = TwilioCall(
            address=house.address, metadata=Metadata(call_id=ANNOUNCED), on_speech=self._on_speech
        )

    async def _on_speech(self, speech: Speech) -> None:
        self.heard += speech.pcm
        self.hears.set()


async def test_the_bot_is_heard_and_its_play_ends_when_twilio_has_played_it() -> None:
    question = Speech(pcm=tone(300), sample_rate_hz=8_000)

    async with open_house(doors) as house, asyncio.TaskGroup() as group:
        house.switchboard.expect(ANNOUNCED)
        callee = Callee(house)
        calling = group.create_task(callee.call.run(callee.mouth))
        await house.begun()
        await house.switchboard.play(ANNOUNCED, question)
        heard_at_end = callee.heard
        await callee.call.press("1")
        pressed = await house.bus.until(KeyPressed)
        await house.switchboard.hang_up(ANNOUNCED)
        farewell = await calling
        ended = await house.ended(ANNOUNCED)

    assert heard_at_end == over_the_wire(question.pcm)
    assert (pressed[0].key, pressed[0].leg) == ("1", Leg.CALLER)
    assert farewell.by_server
    assert ended.reason is EndReason.WE_HUNG_UP
    assert question.pcm in house.kept(ANNOUNCED, Leg.BOT)


async def test_an_interrupted_bot_is_cleared_on_the_line() -> None:
    async with open_house(doors) as house, asyncio.TaskGroup() as group:
        house.switchboard.expect(ANNOUNCED)
        async with connect(url_of(house)) as socket:
            writer = StreamWriter(stream_id="MZ1", call_id="CA1")
            await socket.send(writer.start(("inbound",), {"call_id": ANNOUNCED}))
            await house.begun()
            playing = group.create_task(
                house.switchboard.play(ANNOUNCED, Speech(pcm=tone(20_000), sample_rate_hz=8_000))
            )
            first = json.loads(await socket.recv())
            await house.switchboard.stop_playing(ANNOUNCED)
            await playing
            said = [json.loads(await socket.recv())]
            while said[-1]["event"] != "clear":
                said.append(json.loads(await socket.recv()))
            await socket.send(writer.stop())
            await house.ended(ANNOUNCED)

    assert (first["event"], first["streamSid"]) == ("media", "MZ1")
    assert len(said) < 20


async def test_a_stream_that_only_listens_is_never_spoken_to() -> None:
    async with open_house(doors) as house, connect(url_of(house)) as socket:
        writer = StreamWriter(stream_id="MZ1", call_id="CA1")
        await socket.send(writer.start(("inbound", "outbound"), {}))
        call_id = (await house.bus.until(CallStarted))[0].info.call_id
        with pytest.raises(NotFound, match="only listens"):
            await house.switchboard.play(call_id, Speech(pcm=tone(20), sample_rate_hz=8_000))
        await socket.send(writer.stop())
        await house.ended(call_id)


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        (["hello"], "bad_wire: expected a JSON object as text, got other text"),
        ([b"\0" * 160], "bad_wire: expected a start message first, got something else"),
        (['{"event":"connected"}'] * 60, "bad_wire: expected a start message first"),
    ],
)
async def test_who_does_not_begin_as_twilio_does_is_told_so(
    messages: list[str | bytes], sentence: str
) -> None:
    async with open_house(doors) as house, connect(url_of(house)) as socket:
        for message in messages:
            await socket.send(message)
        code, reason = await closing_of(socket)

    assert code == 1003
    assert reason.startswith(sentence)


async def test_who_says_nothing_is_not_waited_for() -> None:
    async with open_house(doors, opening_ms=30) as house, connect(url_of(house)) as socket:
        code, reason = await closing_of(socket)

    assert (code, reason) == (1003, "bad_wire: expected a start message within 30 ms, got none")


async def test_garbage_in_the_middle_ends_that_call_with_a_sentence() -> None:
    writer = StreamWriter(stream_id="MZ1", call_id="CA1")

    async with open_house(doors) as house, connect(url_of(house)) as socket:
        await socket.send(writer.start(("inbound",), {}))
        await socket.send(writer.media("inbound", chunk=1, at_ms=0, sound=FRAME))
        await socket.send(b"\0\1")
        code, reason = await closing_of(socket)
        ended = await house.ended()

    assert (code, ended.reason) == (1003, EndReason.BAD_WIRE)
    assert reason == "bad_wire: expected JSON texts, got a binary message"


async def test_only_twilio_gets_in_where_a_token_is_set() -> None:
    right = signature("wss://hotline.example/wire/twilio", TOKEN)

    async with open_house(guarded_doors) as house:
        for headers in ({}, {"X-Twilio-Signature": "wrong"}):
            with pytest.raises(InvalidStatus) as refusal:
                await connect(url_of(house), additional_headers=headers)
            assert refusal.value.response.status_code == 403
        async with connect(
            url_of(house), additional_headers={"X-Twilio-Signature": right}
        ) as socket:
            writer = StreamWriter(stream_id="MZ1", call_id="CA1")
            await socket.send(writer.start(("inbound",), {}))
            await socket.send(writer.stop())
            ended = await house.ended()

    assert ended.reason is EndReason.HUNG_UP
    assert house.gateway.counters.calls_refused == 2


async def test_a_recording_at_another_rate_goes_out_at_twilios() -> None:
    async with open_house(doors) as house:
        call = TwilioCall(address=house.address, metadata=Metadata(), pacer=in_a_hurry())
        sound = tone(2_000, rate_hz=16_000)
        farewell = await call.run(Recording(legs=(sound,), sample_rate_hz=16_000))
        ended = await house.ended()

    assert farewell.sent_samples == 32_000
    assert ended.duration_ms == 2_000
