"""What goes back over AudioHook: transcripts, a bot's voice, and nothing that could hold the call up."""

import asyncio
import json
from dataclasses import replace

import pytest

from domain.audio import Leg, Speech
from domain.call import EndReason
from domain.errors import NotFound, Refused
from domain.events import (
    CallStarted,
    KeyPressed,
    LegTranscribed,
    TranscriptFinalised,
    TranscriptRevised,
)
from domain.ids import CallId, SegmentId
from domain.language import EN
from domain.transcript import TranscriptSegment
from media_gateway import GatewaySettings
from media_gateway.client.audiohook import AudioHookCall
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Mouth
from tests.fakes.audiohook import (
    MONO,
    QUICK,
    SECOND,
    Genesys,
    as_heard,
    genesys,
    running_audiohook,
    the_call,
)
from tests.fakes.bus import FakeBus
from tests.fakes.gateway import KeepingListener
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import tone


def segment(call_id: CallId, text: str, *, is_final: bool, start_ms: int = 0) -> TranscriptSegment:
    return TranscriptSegment(
        call_id=call_id,
        leg=Leg.AGENT,
        segment_id=SegmentId(f"{call_id}-agent-{start_ms}"),
        revision=1,
        is_final=is_final,
        start_ms=start_ms,
        end_ms=start_ms + 500,
        text=text,
        language=EN,
        engine="engine",
        confidence=0.9,
    )


def words_of(client: Genesys) -> list[tuple[str, bool, int]]:
    told = []
    for answer in client.answers:
        if answer.type == "event":
            (entity,) = json.loads(json.dumps(answer.parameters["entities"]))
            data = entity["data"]
            text = data["alternatives"][0]["interpretations"][0]["transcript"]
            told.append((text, data["isFinal"], data["channelId"]))
    return told


class LateRecogniser(KeepingListener):
    """Says its last word when the sound has ended."""

    bus: FakeBus

    async def listen(self, call_id, leg, sound) -> None:  # type: ignore[no-untyped-def]
        await super().listen(call_id, leg, sound)
        if leg is Leg.AGENT:
            last = segment(call_id, "goodbye", is_final=True, start_ms=600)
            await self.bus.publish(TranscriptFinalised(call_id=call_id, segment=last))
        await self.bus.publish(LegTranscribed(call_id=call_id, leg=leg, speech_ms=500))


async def test_words_go_back_and_closed_comes_after_the_last_of_them() -> None:
    bus, recogniser = FakeBus(), LateRecogniser()
    recogniser.bus = bus

    async with (
        running_audiohook(bus=bus, listeners={"asr": recogniser}, hook=QUICK) as gateway,
        genesys(gateway) as client,
        genesys(gateway) as other,
    ):
        await other.open()
        await client.open()
        started = await gateway.bus.until(
            CallStarted, that=lambda fact: fact.info.wire_call_id == client.conversation_id
        )
        call_id = started[0].call_id
        await client.socket.send(SECOND)
        await bus.publish(
            TranscriptRevised(call_id=call_id, segment=segment(call_id, "hel", is_final=False))
        )
        await client.answer("event")
        await bus.publish(
            TranscriptFinalised(call_id=call_id, segment=segment(call_id, "hello", is_final=True))
        )
        await client.answer("event")
        await client.close(at=8_000)
        await other.close()

    assert words_of(client) == [("hel", False, 1), ("hello", True, 1), ("goodbye", True, 1)]
    assert client.answers[-1].type == "closed"
    assert words_of(other) == [("goodbye", True, 1)]


async def test_a_client_that_asks_for_a_rest_gets_it_and_pongs_all_the_same() -> None:
    bus = FakeBus()
    async with running_audiohook(bus=bus, hook=QUICK) as gateway, genesys(gateway) as client:
        await client.open()
        call_id = await the_call(gateway)
        await client.say("error", {"code": 429, "message": "slow", "retryAfter": "PT0.3S"})
        await client.say("ping")
        await client.answer("pong")
        for text in ("o", "on", "one"):
            revised = segment(call_id, text, is_final=False)
            await bus.publish(TranscriptRevised(call_id=call_id, segment=revised))
        await client.say("ping")
        between = await client.answer()
        await client.answer("event")
        await client.close()

    assert between.type == "pong"
    assert words_of(client) == [("one", False, 1)]


async def test_an_update_is_confirmed_and_its_language_is_a_hint() -> None:
    bus = FakeBus()
    async with running_audiohook(bus=bus, hook=QUICK) as gateway, genesys(gateway) as client:
        await client.open(language="zh-CN")
        call_id = await the_call(gateway)
        await client.say("update", {"language": "en-IN"})
        updated = await client.answer()
        heard = segment(call_id, "hello", is_final=True)
        await bus.publish(TranscriptFinalised(call_id=call_id, segment=heard))
        event = await client.answer("event")
        await client.close()

    assert (updated.type, updated.parameters) == ("updated", {})
    assert "en-IN" in str(event.parameters)


async def test_a_bot_speaks_in_large_packets_hears_keys_and_is_interrupted() -> None:
    said: list[Speech] = []
    has_heard_the_question = asyncio.Event()

    async def heard(speech: Speech) -> None:
        said.append(speech)
        if len(said) == 3:
            has_heard_the_question.set()

    question = Speech(pcm=tone(500), sample_rate_hz=8_000)
    endless = Speech(pcm=tone(20_000), sample_rate_hz=8_000)
    events: list[object] = []
    async with running_audiohook(hook=QUICK) as gateway, asyncio.TaskGroup() as group:
        mouth = Mouth(sample_rate_hz=8_000)
        call = AudioHookCall(
            address=gateway.url,
            metadata=Metadata(title="bot"),
            connector_id="survey",
            on_speech=heard,
            on_event=events.append,
        )
        calling = group.create_task(call.run(mouth))
        call_id = await the_call(gateway)
        await gateway.switchboard.play(call_id, question)
        await call.press("1")
        (key,) = await gateway.bus.until(KeyPressed)
        playing = group.create_task(gateway.switchboard.play(call_id, endless))
        await has_heard_the_question.wait()
        await gateway.switchboard.stop_playing(call_id)
        await playing
        await gateway.switchboard.hang_up(call_id)
        farewell = await calling

    assert [len(speech.pcm) for speech in said[:3]] == [3_200] * 3
    assert b"".join(speech.pcm for speech in said).startswith(as_heard(question.pcm))
    assert (key.key, key.leg) == ("1", Leg.CALLER)
    assert "barge_in" in str(events)
    assert farewell.by_server
    assert farewell.said_goodbye


async def test_a_monitor_cannot_be_spoken_to() -> None:
    async with running_audiohook() as gateway, genesys(gateway) as client:
        await client.open()
        call_id = await the_call(gateway)
        with pytest.raises((Refused, NotFound)):
            await gateway.switchboard.play(call_id, Speech(pcm=tone(100), sample_rate_hz=8_000))
        await client.close()


async def test_a_client_that_reads_nothing_is_heard_to_its_end() -> None:
    bus, disk = FakeBus(), MemoryRecordings()
    async with (
        running_audiohook(
            bus=bus, recordings=disk, settings=GatewaySettings(send_ms=50), hook=QUICK
        ) as gateway,
        genesys(gateway) as client,
    ):
        await client.open(MONO)
        call_id = await the_call(gateway)
        client.socket.transport.pause_reading()
        for number in range(200):
            wordy = segment(call_id, "x" * 50_000, is_final=True, start_ms=number * 1_000)
            wordy = replace(wordy, leg=Leg.CALLER)
            await bus.publish(TranscriptFinalised(call_id=call_id, segment=wordy))
            await client.socket.send(bytes([0xFF]) * 80)
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        await client.socket.send(bytes([0xFF]) * 80)
        await client.say("close", {"reason": "end"})
        ended = await gateway.ended(call_id)
        client.socket.transport.abort()

    assert ended.reason is EndReason.HUNG_UP
    assert ended.duration_ms == 2_010
