"""Real sockets on this machine: calls arrive whole, misbehaviour ends one call with a reason and no other."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from app.clock import SystemClock
from domain.audio import Leg, Speech
from domain.call import Direction, EndReason
from domain.errors import InputError, NotFound, Refused
from domain.events import CallEnded, CallStarted, KeyPressed, LegRecorded, RecordingGapMarked
from domain.ids import CallId
from media_gateway import GatewaySettings
from media_gateway.client import AudioForkCall, Metadata, Mouth, Pacer
from media_gateway.client.farewell import Farewell
from media_gateway.client.recording import Recording
from tests.fakes.gateway import KeepingListener, RunningGateway, running_gateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import noise, tone

SECOND = bytes(16_000)
OPENING = json.dumps({"sampleRate": 8000, "mixType": "mono", "callSid": "x"})
ANNOUNCED = CallId("announced-call")
Wire = Callable[[ClientConnection], Awaitable[None]]


class House:
    """A gateway to be opened, what it keeps and who listens."""

    def __init__(self) -> None:
        self.disk = MemoryRecordings()
        self.listener = KeepingListener()

    def open(self, **limits: int) -> AbstractAsyncContextManager[RunningGateway]:
        patience = {"stall_ms": 5_000, "burst_ms": 4_000, "max_message_ms": 2_000, "send_ms": 300}
        return running_gateway(
            clock=SystemClock(),
            recordings=self.disk,
            listeners={"asr": self.listener},
            settings=GatewaySettings(**(patience | limits)),
        )

    def kept(self, call_id: CallId, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(call_id, leg)])


@pytest.fixture
def house() -> House:
    return House()


async def place(url: str, *legs: bytes, title: str | None = None) -> Farewell:
    """A call in a hurry: short enough for the burst allowance."""
    call = AudioForkCall(url=url, metadata=Metadata(title=title), pacer=in_a_hurry())
    return await call.run(Recording(legs=legs, sample_rate_hz=8_000))


def in_a_hurry() -> Pacer:
    async def give_way(_: float) -> None:
        await asyncio.sleep(0)

    return Pacer(sleep=give_way)


async def id_of(gateway: RunningGateway, title: str | None) -> CallId:
    started = await gateway.bus.until(CallStarted, that=lambda e: e.info.title == title)
    return started[0].call_id


async def closing_of(url: str, wire: Wire, *, opening: str | None = OPENING) -> tuple[int, str]:
    """How the server closes on somebody who behaves like ``wire``."""
    async with connect(url, compression=None) as socket:
        if opening is not None:
            await socket.send(opening)
        await wire(socket)
        try:
            async with asyncio.timeout(5):
                async for _ in socket:
                    pass
        except ConnectionClosed:
            pass
        return socket.close_code or 0, socket.close_reason or ""


async def test_a_call_of_two_legs_arrives_whole(house: House) -> None:
    caller, agent = noise(3_210, seed=1), noise(3_210, seed=2)

    async with house.open() as gateway:
        farewell = await place(gateway.url, caller, agent, title="two legs")
        call_id = await id_of(gateway, "two legs")
        ended = await gateway.ended(call_id)

    assert (farewell.code, farewell.by_server) == (1000, False)
    assert farewell.sent_samples == len(caller) // 2
    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 3_210)
    assert house.kept(call_id, Leg.CALLER) == caller
    assert house.kept(call_id, Leg.AGENT) == agent
    assert house.listener.heard[call_id, Leg.CALLER].pcm == caller
    assert house.listener.heard[call_id, Leg.AGENT].pcm == agent
    recorded = {fact.leg: fact.duration_ms for fact in gateway.bus.of(LegRecorded)}
    assert recorded == {Leg.CALLER: 3_210, Leg.AGENT: 3_210}


@pytest.mark.parametrize(
    ("offered", "echoed"),
    [
        (["audio.drachtio.org"], "audio.drachtio.org"),
        (["audio.jambonz.org"], "audio.jambonz.org"),
        ([], None),
    ],
)
async def test_the_subprotocol_that_was_offered_is_echoed(
    house: House, offered: list[str], echoed: str | None
) -> None:
    async with (
        house.open() as gateway,
        connect(
            gateway.url, subprotocols=[Subprotocol(name) for name in offered] or None
        ) as socket,
    ):
        assert socket.subprotocol == echoed


async def sends_text(socket: ClientConnection) -> None:
    await socket.send(SECOND)
    await socket.send("this is no sound")


async def sends_half_a_sample(socket: ClientConnection) -> None:
    await socket.send(b"\1\0\1")


async def sends_far_too_much_at_once(socket: ClientConnection) -> None:
    await socket.send(SECOND * 10)


async def floods(socket: ClientConnection) -> None:
    for _ in range(60):
        await socket.send(SECOND)


async def pours_texts(socket: ClientConnection) -> None:
    for _ in range(200):
        await socket.send("{}")


async def stalls(socket: ClientConnection) -> None:
    await socket.send(SECOND)


@pytest.mark.parametrize(
    ("wire", "reason", "code", "sentence"),
    [
        (sends_text, EndReason.BAD_WIRE, 1003, "expected a JSON object"),
        (sends_half_a_sample, EndReason.BAD_WIRE, 1003, "whole 16-bit samples"),
        (sends_far_too_much_at_once, EndReason.BAD_WIRE, 1003, "at most 32000 bytes"),
        (floods, EndReason.FLOODED, 1008, "send it in real time"),
        (pours_texts, EndReason.FLOODED, 1008, "texts a second"),
        (stalls, EndReason.STALLED, 1008, "nothing arrived for 1000 ms"),
    ],
)
async def test_misbehaviour_ends_that_call_with_a_reason_and_no_other(
    house: House, wire: Wire, reason: EndReason, code: int, sentence: str
) -> None:
    sound, mouth = noise(60_000), Mouth(sample_rate_hz=8_000)
    mouth.say(sound)

    async with house.open(stall_ms=1_000) as gateway, asyncio.TaskGroup() as group:
        honest = AudioForkCall(url=gateway.url, metadata=Metadata(title="honest"))
        speaking = group.create_task(honest.run(mouth))
        honest_id = await id_of(gateway, "honest")

        closing = await closing_of(gateway.url, wire)
        mouth.hush()
        mouth.shut()
        farewell = await speaking
        honest_end = await gateway.ended(honest_id)
        ends = {fact.call_id: fact for fact in gateway.bus.of(CallEnded)}

    assert closing[0] == code
    assert closing[1].startswith(f"{reason}: ")
    assert sentence in closing[1]
    assert honest_end.reason is EndReason.HUNG_UP
    assert farewell.sent_samples > 0
    assert house.kept(honest_id, Leg.CALLER) == sound[: 2 * farewell.sent_samples]
    assert [end.reason for call, end in ends.items() if call != honest_id] == [reason]


@pytest.mark.parametrize("opening", [None, "hello", "[]", '{"sampleRate":11025}'])
async def test_without_usable_metadata_no_call_begins(house: House, opening: str | None) -> None:
    async def sound_first(socket: ClientConnection) -> None:
        await socket.send(SECOND)

    async with house.open() as gateway:
        code, sentence = await closing_of(gateway.url, sound_first, opening=opening)

    assert code == 1003
    assert sentence.startswith("bad_wire: expected ")
    assert gateway.bus.said == []
    assert gateway.gateway.counters.calls_refused == 1


async def test_somebody_who_connects_and_says_nothing_is_sent_away(house: House) -> None:
    async def says_nothing(socket: ClientConnection) -> None:
        return

    async with house.open(opening_ms=50) as gateway:
        code, sentence = await closing_of(gateway.url, says_nothing, opening=None)

    assert (code, sentence) == (1003, "bad_wire: expected metadata as a JSON text first, got none")


async def test_a_wire_that_vanishes_is_told_from_one_that_says_goodbye(house: House) -> None:
    async with house.open() as gateway:
        async with connect(gateway.url) as socket:
            await socket.send(json.dumps({"title": "vanishes"}))
            await socket.send(SECOND)
            vanishing = await id_of(gateway, "vanishes")
            socket.transport.abort()
        ended = await gateway.ended(vanishing)

    assert ended.reason is EndReason.VANISHED
    assert house.kept(vanishing, Leg.CALLER) == SECOND


async def empty_message(socket: ClientConnection) -> None:
    await socket.send(b"")


async def close_frame(socket: ClientConnection) -> None:
    await socket.close(1000)


async def going_away(socket: ClientConnection) -> None:
    await socket.close(1001)


@pytest.mark.parametrize("goodbye", [empty_message, close_frame, going_away])
async def test_every_kind_of_goodbye_is_a_hang_up(house: House, goodbye: Wire) -> None:
    async with house.open() as gateway:
        await closing_of(gateway.url, goodbye, opening='{"title":"goodbye"}')
        ended = await gateway.ended(await id_of(gateway, "goodbye"))

    assert ended.reason is EndReason.HUNG_UP


async def test_a_full_house_answers_503_and_says_so(house: House) -> None:
    async with house.open(max_calls=1) as gateway, connect(gateway.url) as socket:
        await socket.send(OPENING)

        with pytest.raises(InvalidStatus) as refused:
            await connect(gateway.url)
        with pytest.raises(Refused, match="try again later"):
            await place(gateway.url, SECOND)

    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == "30"


async def test_a_page_of_another_site_brings_no_call(house: House) -> None:
    async with house.open() as gateway:
        with pytest.raises(InvalidStatus) as refused:
            await connect(gateway.url, origin=Origin("https://evil.example"))

    assert refused.value.response.status_code == 403


async def test_an_address_without_a_server_is_said(house: House) -> None:
    async with house.open() as gateway:
        wrong_path = gateway.url + "s"
        with pytest.raises(InputError, match="no OpenHotline wire"):
            await place(wrong_path, SECOND)
    with pytest.raises(InputError, match="hotline serve"):
        await place(gateway.url, SECOND)


async def test_keys_are_heard_in_the_time_of_the_call(house: House) -> None:
    async def presses(socket: ClientConnection) -> None:
        await socket.send(SECOND)
        await socket.send('{"event":"dtmf","dtmf":"#","duration":"120"}')
        await socket.send(b"")

    async with house.open() as gateway:
        await closing_of(gateway.url, presses)

    (key,) = gateway.bus.of(KeyPressed)
    assert (key.key, key.pressed_at_ms, key.leg) == ("#", 1_000, Leg.CALLER)


async def test_a_call_we_announced_keeps_its_id_and_a_stranger_gets_another(house: House) -> None:
    metadata = Metadata(call_id=ANNOUNCED, campaign_contact="k/1")

    async with house.open() as gateway:
        stranger = AudioForkCall(url=gateway.url, metadata=metadata, pacer=in_a_hurry())
        await stranger.run(Recording(legs=(SECOND,), sample_rate_hz=8_000))
        gateway.switchboard.expect(ANNOUNCED)
        ours = AudioForkCall(url=gateway.url, metadata=metadata, pacer=in_a_hurry())
        await ours.run(Recording(legs=(SECOND,), sample_rate_hz=8_000))

    strange, announced = (fact.info for fact in gateway.bus.of(CallStarted))
    assert strange.call_id != ANNOUNCED
    assert strange.campaign_contact is None
    assert strange.direction is Direction.INBOUND
    assert (announced.call_id, announced.campaign_contact) == (ANNOUNCED, "k/1")
    assert announced.direction is Direction.OUTBOUND


class Callee:
    """Somebody we call: a live mouth, and ears that remember."""

    def __init__(self, gateway: RunningGateway) -> None:
        self.mouth = Mouth(sample_rate_hz=8_000)
        self.heard: list[Speech] = []
        self.played: list[Speech] = []
        self.hears = asyncio.Event()
        self.call = AudioForkCall(
            url=gateway.url,
            metadata=Metadata(call_id=ANNOUNCED),
            on_speech=self._on_speech,
            on_played=self._on_played,
        )

    async def _on_speech(self, speech: Speech) -> None:
        self.heard.append(speech)
        self.hears.set()

    async def _on_played(self, speech: Speech) -> None:
        self.played.append(speech)


async def test_the_bot_is_heard_and_recorded_in_step_with_the_callee(house: House) -> None:
    question = Speech(pcm=tone(300), sample_rate_hz=8_000)

    async with house.open() as gateway, asyncio.TaskGroup() as group:
        gateway.switchboard.expect(ANNOUNCED)
        callee = Callee(gateway)
        calling = group.create_task(callee.call.run(callee.mouth))
        await gateway.started()
        await gateway.switchboard.play(ANNOUNCED, question)
        await callee.call.press("1")
        await gateway.bus.until(KeyPressed)
        await gateway.switchboard.hang_up(ANNOUNCED)
        farewell = await calling
        ended = await gateway.ended(ANNOUNCED)

    assert callee.heard == callee.played == [question]
    assert farewell.by_server
    assert ended.reason is EndReason.WE_HUNG_UP
    bot, caller = house.kept(ANNOUNCED, Leg.BOT), house.kept(ANNOUNCED, Leg.CALLER)
    assert len(bot) == len(caller)
    assert question.pcm[: len(bot) // 2] in bot
    assert (ANNOUNCED, Leg.BOT) not in house.listener.heard


async def test_an_interrupted_bot_falls_silent_on_the_line_and_in_the_recording(
    house: House,
) -> None:
    speech = Speech(pcm=tone(20_000), sample_rate_hz=8_000)

    async with house.open() as gateway, asyncio.TaskGroup() as group:
        gateway.switchboard.expect(ANNOUNCED)
        callee = Callee(gateway)
        group.create_task(callee.call.run(callee.mouth))
        await gateway.started()
        playing = group.create_task(gateway.switchboard.play(ANNOUNCED, speech))
        await callee.hears.wait()
        await gateway.switchboard.stop_playing(ANNOUNCED)
        await playing
        callee.mouth.say(tone(100))
        callee.mouth.shut()
        ended = await gateway.ended(ANNOUNCED)

    assert callee.played == []
    assert ended.reason is EndReason.HUNG_UP
    assert not any(house.kept(ANNOUNCED, Leg.BOT)[-1_600:])
    with pytest.raises(NotFound):
        await gateway.switchboard.play(ANNOUNCED, speech)


async def test_a_closing_house_ends_its_calls_and_takes_no_more(house: House) -> None:
    async with house.open() as gateway, connect(gateway.url) as socket:
        await socket.send(json.dumps({"title": "drained"}))
        await socket.send(SECOND)
        call_id = await id_of(gateway, "drained")

        await gateway.gateway.drain()
        await socket.wait_closed()
        ended = await gateway.ended(call_id)
        with pytest.raises(Refused):
            await place(gateway.url, SECOND)

    assert ended.reason is EndReason.DRAINED
    assert (socket.close_code, socket.close_reason) == (1012, "drained: the service is closing")


async def test_a_frozen_listener_and_a_hanging_disk_do_not_touch_the_wire(house: House) -> None:
    house.listener.may_listen.clear()
    house.disk.hangs = True

    async with house.open(
        listener_flush_ms=20, recorder_close_ms=20, listener_bound_ms=1_000, recorder_bound_ms=1_000
    ) as gateway:
        farewell = await place(gateway.url, noise(3_000), title="untouched")
        ended = await gateway.ended(await id_of(gateway, "untouched"))

    assert farewell.code == 1000
    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 3_000)
    marked = {gap.listener: gap for gap in gateway.bus.of(RecordingGapMarked)}
    assert set(marked) == {"asr", "recorder"}
    assert (marked["recorder"].start_ms, marked["recorder"].end_ms) == (0, 3_000)
