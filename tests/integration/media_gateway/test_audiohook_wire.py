"""The AudioHook wire over real sockets: who may come, what arrives, and when it was paused."""

import asyncio
import base64
import logging
from dataclasses import replace

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from domain.audio import GapCause, Leg
from domain.call import EndReason
from domain.envelope import Envelope
from domain.errors import InputError, Refused
from domain.events import (
    CallStarted,
    Event,
    KeyPressed,
    LegHeld,
    LegResumed,
    PartyNamed,
)
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.client.audiohook import AudioHookCall
from media_gateway.client.audiohook_request import wire_url
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Mouth
from media_gateway.client.recording import Recording
from media_gateway.sockets.audiohook import AudioHookSocket
from media_gateway.wires.audiohook_media import Media
from media_gateway.wires.audiohook_messages import NOBODY
from tests.fakes.audiohook import (
    MONO,
    QUICK,
    SECOND,
    as_heard,
    genesys,
    in_a_hurry,
    kept,
    running_audiohook,
    the_call,
)
from tests.fakes.bus import FakeBus
from tests.fakes.gateway import KeepingListener, RunningGateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import noise, tone

KEY = ("telephone system", base64.b64encode(b"a secret of ours").decode())
SIGNED = AudioHookSettings(keys=(KEY,), refusal_ms=20)


async def test_a_signed_call_of_two_legs_arrives_whole() -> None:
    caller, agent = noise(2_110, seed=1), noise(2_110, seed=2)
    disk, listener = MemoryRecordings(), KeepingListener()
    metadata = Metadata(title="two legs", caller_number="+86 21", dialled_number="12345")

    async with running_audiohook(
        hook=SIGNED, recordings=disk, listeners={"asr": listener}
    ) as gateway:
        call = AudioHookCall(
            address=gateway.url, metadata=metadata, key=KEY, pacer=in_a_hurry(), block_ms=200
        )
        farewell = await call.run(Recording(legs=(caller, agent), sample_rate_hz=8_000))
        (started,) = await gateway.started()
        ended = await gateway.ended(started.call_id)

    assert (farewell.said_goodbye, farewell.by_server) == (True, False)
    assert (farewell.call_id, farewell.sent_samples) == (started.call_id, 2_110 * 8)
    assert started.info.wire == "audiohook"
    assert started.info.wire_call_id == call.conversation_id
    assert (started.info.title, started.info.caller_number) == ("two legs", "+86 21")
    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 2_110)
    assert kept(disk, started.call_id, Leg.CALLER) == as_heard(caller)
    assert kept(disk, started.call_id, Leg.AGENT) == as_heard(agent)
    assert listener.heard[started.call_id, Leg.AGENT].pcm == as_heard(agent)


async def test_l16_arrives_in_network_byte_order_and_channels_as_they_were_offered() -> None:
    disk = MemoryRecordings()
    sound = b"\x01\x02\x03\x04" * 800  # agent 0x0102, caller 0x0304

    async with (
        running_audiohook(recordings=disk) as gateway,
        genesys(gateway) as client,
    ):
        opened = await client.open(Media(format="L16", channels=("internal", "external")))
        await client.socket.send(sound)
        await client.close()
        call_id = await the_call(gateway)
        await gateway.ended(call_id)

    assert opened.parameters["media"] == [
        {"type": "audio", "format": "L16", "channels": ["internal", "external"], "rate": 8000}
    ]
    assert kept(disk, call_id, Leg.AGENT) == b"\x02\x01" * 800
    assert kept(disk, call_id, Leg.CALLER) == b"\x04\x03" * 800


async def test_whoever_cannot_sign_is_refused_late_and_takes_no_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running_audiohook(hook=SIGNED) as gateway:
        for key in (None, (KEY[0], "AAAA"), ("nobody", KEY[1])):
            call = AudioHookCall(address=gateway.url, metadata=Metadata(), key=key)
            with pytest.raises(Refused, match="wants to see a key"):
                await call.run(Recording(legs=(tone(100),), sample_rate_hz=8_000))

    assert gateway.bus.of(CallStarted) == []
    assert gateway.gateway.counters.calls_refused == 3
    assert [line for line in caplog.records if line.levelno >= logging.ERROR] == []


async def test_a_refusal_takes_as_long_as_every_other() -> None:
    async with running_audiohook(hook=replace(SIGNED, refusal_ms=500)) as gateway:
        began_s = asyncio.get_running_loop().time()
        with pytest.raises(InvalidStatus) as refused:
            await connect(wire_url(gateway.url), proxy=None)
        took_s = asyncio.get_running_loop().time() - began_s

    assert refused.value.response.status_code == 401
    assert took_s >= 0.5


async def test_what_a_proxy_forwards_is_not_from_this_machine() -> None:
    async with running_audiohook(hook=AudioHookSettings(refusal_ms=1)) as gateway:
        with pytest.raises(InvalidStatus):
            async with genesys(gateway, **{"X-Forwarded-For": "203.0.113.9"}):
                pass


async def test_a_probe_is_answered_and_makes_no_call() -> None:
    async with running_audiohook() as gateway, genesys(gateway) as client:
        opened = await client.open(conversation_id=NOBODY, supportedLanguages=True)
        await client.close()

    assert opened.type == "opened"
    assert "zh-CN" in str(opened.parameters["supportedLanguages"])
    assert gateway.bus.said == []


class SlowBus(FakeBus):
    """A corridor whose database hangs until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.may_publish = asyncio.Event()

    async def publish(self, event: Event, /) -> Envelope:
        await self.may_publish.wait()
        return await super().publish(event)


async def test_opened_waits_for_no_recogniser_and_no_database() -> None:
    bus, listener, disk = SlowBus(), KeepingListener(), MemoryRecordings()
    listener.may_listen.clear()

    async with (
        running_audiohook(bus=bus, listeners={"asr": listener}, recordings=disk) as gateway,
        genesys(gateway) as client,
    ):
        opened = await client.open()
        await client.socket.send(SECOND)
        await client.say("ping", at=8_000)
        pong = await client.answer("pong")
        listener.may_listen.set()
        bus.may_publish.set()
        call_id = await the_call(gateway)
        await client.close(at=8_000)
        await gateway.ended(call_id)

    assert opened.type == "opened"
    assert pong.parameters == {}
    assert len(kept(disk, call_id, Leg.CALLER)) == 16_000


async def test_a_hundred_sessions_at_once_are_opened_within_what_genesys_waits() -> None:
    async def session(gateway: RunningGateway) -> str:
        async with genesys(gateway) as client:
            async with asyncio.timeout(5):
                opened = await client.open()
            await client.socket.send(SECOND)
            await client.close()
        return opened.type

    async with running_audiohook() as gateway:
        answers = await asyncio.gather(*(session(gateway) for _ in range(100)))

    assert answers == ["opened"] * 100


async def test_a_pause_is_a_gap_and_not_the_end() -> None:
    listener = KeepingListener()

    async with (
        running_audiohook(listeners={"asr": listener}) as gateway,
        genesys(gateway) as client,
    ):
        await client.open()
        await client.socket.send(SECOND)
        await client.say("paused", at=8_000)
        await client.say("paused", at=8_000)
        await client.say("resumed", {"start": "PT1S", "discarded": "PT4S"}, at=40_000)
        await client.socket.send(SECOND)
        await client.say("discarded", {"start": "PT6S", "discarded": "PT0.5S"}, at=52_000)
        await client.socket.send(SECOND)
        await client.close(at=60_000)
        call_id = await the_call(gateway)
        ended = await gateway.ended(call_id)

    gaps = listener.heard[call_id, Leg.AGENT].gaps
    paused = sum(gap.samples for gap in gaps if gap.cause is GapCause.PAUSED)
    lost = [(gap.start_ms, gap.end_ms) for gap in gaps if gap.cause is GapCause.NETWORK]
    assert paused == 4 * 8_000
    assert lost == [(6_000, 6_500)]
    assert ended.duration_ms == 7_500
    assert {held.leg for held in gateway.bus.of(LegHeld)} == {Leg.CALLER, Leg.AGENT}


async def test_we_may_ask_for_a_pause_and_for_another_session() -> None:
    async with running_audiohook(hook=QUICK) as gateway, asyncio.TaskGroup() as group:
        mouth = Mouth(sample_rate_hz=8_000)
        call = AudioHookCall(address=gateway.url, metadata=Metadata())
        calling = group.create_task(call.run(mouth))
        call_id = await the_call(gateway)
        session = gateway.switchboard.live(call_id)
        assert session is not None
        wire = session.line_of(Leg.CALLER).far_side
        assert isinstance(wire, AudioHookSocket)
        wire.ask_to_pause()
        await gateway.bus.until(LegHeld)
        wire.ask_to_reconnect("maintenance")
        wire.ask_to_resume()
        await gateway.bus.until(LegResumed)
        mouth.shut()
        farewell = await calling

    assert (farewell.said_goodbye, farewell.by_server) == (True, False)


async def test_who_speaks_is_named_as_the_telephone_system_knows_them() -> None:
    participant = {"id": NOBODY, "ani": "+4930", "aniName": "Anna", "dnis": "115"}
    async with running_audiohook() as gateway, genesys(gateway) as client:
        await client.open(participant=participant)
        await client.close()
        (named,) = await gateway.bus.until(PartyNamed)

    assert named.leg is Leg.CALLER
    assert (named.party.name, named.party.number) == ("Anna", "+4930")


async def test_a_session_that_continues_another_joins_its_conversation() -> None:
    async with (
        running_audiohook() as gateway,
        genesys(gateway) as first,
        genesys(gateway) as second,
    ):
        await first.open(MONO)
        await first.socket.send(SECOND)
        call_id = await the_call(gateway)
        continued = [{"id": first.session_id, "serverseq": 1, "clientseq": 1}]
        await second.open(MONO, conversation_id=first.conversation_id, continuedSessions=continued)
        await second.say("dtmf", {"digit": "1"})
        (key,) = await gateway.bus.until(KeyPressed)
        await first.close(reason="reconnect")
        await second.close()
        ended = await gateway.ended(call_id)

    assert key.call_id == call_id
    assert len(gateway.bus.of(CallStarted)) == 1
    assert ended.reason is EndReason.HUNG_UP


async def test_a_recording_of_another_rate_is_not_placed() -> None:
    call = AudioHookCall(address="http://127.0.0.1:1", metadata=Metadata())

    with pytest.raises(InputError, match="expected sound of 8000 Hz"):
        await call.run(Recording(legs=(tone(100),), sample_rate_hz=16_000))
