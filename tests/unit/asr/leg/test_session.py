"""A leg's words reach the corridor, and its troubles stay out of the call."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

import pytest

from asr import LegTranscriber
from domain.audio import GapCause, Leg, Sound
from domain.envelope import Envelope
from domain.errors import EngineError, StorageError
from domain.events import (
    Event,
    LanguageGuessed,
    LegTranscribed,
    PassageMarked,
    RecordingGapMarked,
    TranscriptFinalised,
    TranscriptRevised,
)
from domain.ids import CallId
from domain.language import EN, ZH
from domain.passage import PassageKind
from domain.ports import Heard, PassageHeard
from tests.fakes.bus import FakeBus
from tests.fakes.recogniser import Line, ScriptedRecogniser
from tests.fakes.sound import CALL, blocks, frames_of, gap, silence, stream, tone

PAUSE = silence(800)
TALK = PAUSE + tone(1_200) + PAUSE + tone(900) + PAUSE
LOST = EngineError("asr.engine_lost", "the recogniser's decoder failed", retryable=True)


class MarkingRecogniser(ScriptedRecogniser):
    """Also says where there were no words."""

    def __init__(self, passages: Sequence[PassageHeard]) -> None:
        super().__init__()
        self._passages = passages

    async def listen(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]
    ) -> AsyncIterator[Heard]:
        async for heard in super().listen(call_id, leg, sound):
            yield heard
        for passage in self._passages:
            yield passage


class FullDisk(FakeBus):
    async def publish(self, event: Event, /) -> Envelope:
        if not event.volatile:
            raise StorageError("bus.full", "the disk is full")
        return await super().publish(event)


async def test_a_leg_becomes_facts_in_order_and_ends_with_its_last() -> None:
    bus = FakeBus()
    recogniser = ScriptedRecogniser([Line("我的社保卡丢了"), Line("怎么补办")])

    await LegTranscriber(recogniser=recogniser, bus=bus).listen(CALL, Leg.CALLER, frames_of(TALK))

    finals = bus.of(TranscriptFinalised)
    assert [fact.segment.text for fact in finals] == ["我的社保卡丢了", "怎么补办"]
    assert all(fact.stages is not None for fact in finals)
    assert [fact.guess.language for fact in bus.of(LanguageGuessed)] == [ZH]
    assert isinstance(bus.said[-1], LegTranscribed)
    assert bus.said[-1].speech_ms == pytest.approx(2_100, abs=20)


async def test_a_passage_without_words_becomes_a_fact_and_unreadable_speech_is_summed_up() -> None:
    bus = FakeBus()
    passages = [
        PassageHeard(start_ms=0, end_ms=42_000, kind=PassageKind.HOLD_MUSIC),
        PassageHeard(start_ms=43_000, end_ms=44_500, kind=PassageKind.UNREADABLE),
    ]

    await LegTranscriber(recogniser=MarkingRecogniser(passages), bus=bus).listen(
        CALL, Leg.CALLER, frames_of(TALK)
    )

    assert [(fact.start_ms, fact.kind) for fact in bus.of(PassageMarked)] == [
        (0, PassageKind.HOLD_MUSIC),
        (43_000, PassageKind.UNREADABLE),
    ]
    (ended,) = bus.of(LegTranscribed)
    assert ended.unreadable_ms == 1_500
    assert ended.speech_ms == pytest.approx(2_100, abs=20)


async def test_unfinished_words_come_before_their_final() -> None:
    bus = FakeBus()

    await LegTranscriber(recogniser=ScriptedRecogniser(), bus=bus).listen(
        CALL, Leg.CALLER, frames_of(TALK)
    )

    kinds = [
        type(event)
        for event in bus.said
        if isinstance(event, TranscriptRevised | TranscriptFinalised)
    ]
    assert kinds[:3] == [TranscriptRevised, TranscriptRevised, TranscriptFinalised]


async def test_a_caller_who_changes_language_is_told_twice() -> None:
    bus = FakeBus()
    recogniser = ScriptedRecogniser([Line("你好", ZH), Line("do you speak English", EN)])

    await LegTranscriber(recogniser=recogniser, bus=bus).listen(CALL, Leg.CALLER, frames_of(TALK))

    assert [fact.guess.language for fact in bus.of(LanguageGuessed)] == [ZH, EN]


async def test_sound_that_recognition_missed_is_marked() -> None:
    bus = FakeBus()
    sound: list[Sound] = [*blocks(PAUSE), gap(6_400, 16_000), *blocks(TALK, first_sample=22_400)]

    await LegTranscriber(recogniser=ScriptedRecogniser(), bus=bus).listen(
        CALL, Leg.AGENT, stream(sound)
    )

    (marked,) = bus.of(RecordingGapMarked)
    assert (marked.leg, marked.start_ms, marked.end_ms) == (Leg.AGENT, 800, 2_800)
    assert (marked.cause, marked.listener) == (GapCause.OVERFLOW, "asr")
    assert len(bus.of(TranscriptFinalised)) == 2


async def test_a_lost_machine_ends_the_transcript_and_not_the_call(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus = FakeBus()
    recogniser = ScriptedRecogniser(lost_after=1, error=LOST)

    with caplog.at_level(logging.ERROR):
        await LegTranscriber(recogniser=recogniser, bus=bus).listen(
            CALL, Leg.CALLER, frames_of(TALK)
        )

    assert len(bus.of(TranscriptFinalised)) == 1
    assert len(bus.of(LegTranscribed)) == 1
    assert [getattr(record, "code", None) for record in caplog.records] == ["asr.engine_lost"]


async def test_what_a_lost_machine_did_not_hear_is_marked_to_the_end_of_the_leg() -> None:
    bus = FakeBus()
    recogniser = ScriptedRecogniser(lost_after=1, error=LOST)

    await LegTranscriber(recogniser=recogniser, bus=bus).listen(CALL, Leg.CALLER, frames_of(TALK))

    (marked,) = bus.of(RecordingGapMarked)
    said_until_ms = bus.of(TranscriptFinalised)[0].segment.end_ms
    assert (marked.start_ms, marked.end_ms) == (said_until_ms, len(TALK) // 16)
    assert marked.cause is GapCause.ENGINE


async def test_a_machine_that_breaks_in_an_unknown_way_hurts_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus = FakeBus()
    recogniser = ScriptedRecogniser(lost_after=0, error=ZeroDivisionError("nobody thought of this"))

    await LegTranscriber(recogniser=recogniser, bus=bus).listen(CALL, Leg.CALLER, frames_of(TALK))

    assert [type(fact) for fact in bus.said] == [LegTranscribed, RecordingGapMarked]


async def test_a_full_disk_ends_the_transcript_quietly() -> None:
    bus = FullDisk()

    await LegTranscriber(recogniser=ScriptedRecogniser(), bus=bus).listen(
        CALL, Leg.CALLER, frames_of(TALK)
    )

    assert bus.of(LegTranscribed) == []


async def test_a_call_that_is_torn_down_takes_its_listener_along() -> None:
    async def endless() -> AsyncIterator[Sound]:
        for frame in blocks(TALK):
            yield frame
        await asyncio.Event().wait()

    bus = FakeBus()
    transcriber = LegTranscriber(recogniser=ScriptedRecogniser(), bus=bus)

    async with asyncio.TaskGroup() as call:
        listening = call.create_task(transcriber.listen(CALL, Leg.CALLER, endless()))
        await bus.until(TranscriptFinalised, count=2)
        listening.cancel()

    assert listening.cancelled()
