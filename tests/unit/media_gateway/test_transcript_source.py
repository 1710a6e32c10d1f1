"""Words for wires: each follower hears its own call, also when the corridor failed for a while."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.audio import Leg
from domain.errors import StorageError
from domain.events import LegTranscribed
from domain.ids import CallId
from media_gateway import transcript_source
from media_gateway.transcript_source import BusTranscripts, TranscriptFact
from tests.fakes.bus import FakeBus

CALL, OTHER = CallId("call"), CallId("other")


def said(call_id: CallId) -> LegTranscribed:
    return LegTranscribed(call_id=call_id, leg=Leg.CALLER, speech_ms=0)


@asynccontextmanager
async def running(words: BusTranscripts) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(words.run())
        await asyncio.sleep(0.01)
        yield
        running.cancel()


async def test_a_follower_hears_its_own_call_as_long_as_it_follows() -> None:
    bus = FakeBus()
    words = BusTranscripts(bus)
    heard: asyncio.Queue[TranscriptFact] = asyncio.Queue(8)

    async with running(words):
        with words.follow(CALL, heard.put_nowait), words.follow(CALL, heard.put_nowait):
            await bus.publish(said(OTHER))
            await bus.publish(said(CALL))
            both = [(await heard.get()).call_id for _ in range(2)]
        await bus.publish(said(CALL))
        await asyncio.sleep(0.01)

    assert both == [CALL, CALL]
    assert heard.empty()


async def test_a_corridor_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript_source, "RETRY_S", 0)
    bus = FakeBus()
    words = BusTranscripts(bus)
    heard: asyncio.Queue[TranscriptFact] = asyncio.Queue(8)
    subscribe, failures = bus.subscribe, [StorageError("storage.down", "the database is away")]

    def failing_once(*kinds: object, **options: object) -> object:
        if failures:
            raise failures.pop()
        return subscribe(*kinds, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(bus, "subscribe", failing_once)
    async with running(words):
        with words.follow(CALL, heard.put_nowait):
            await bus.publish(said(CALL))
            assert (await heard.get()).call_id == CALL
