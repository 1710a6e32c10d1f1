"""One leg's words are shown early, kept firm, and never invented."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from typing import cast

import pytest

from asr.desk.reading import ReadAsk, Reading
from asr.desk.reading_desk import PooledDesk
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.leg.hearing import Equipment
from asr.leg.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings, LanguageSettings, PartialSettings
from domain.audio import Leg, Sound
from domain.errors import EngineError
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag
from domain.passage import PassageKind
from domain.ports import Heard, LanguageHeard, PassageHeard, SegmentHeard
from domain.transcript import TranscriptSegment
from models.pool import InferencePool, Priority
from tests.fakes.clock import FakeClock
from tests.fakes.sound import CALL, blocks, frames_of, silence, stream, tone
from tests.fakes.utterance_reader import LoudnessDetection, ScriptedReader
from tests.fakes.voiced import voiced

PAUSE = silence(1_000)
WORDS = {440: "我的社保卡丢了怎么补办"}


class DisbelievingReader(ScriptedReader):
    """Shows words in a hurry and takes them back when it listens with care."""

    def read_one(self, ask: ReadAsk) -> Reading:
        language, is_sure = ask.choose(self._odds)
        return Reading(
            text="",
            language=language,
            is_sure_of_language=is_sure,
            odds=self._odds,
            engine=self.engine,
            fault="hopeless",
        )


class BrokenReader(ScriptedReader):
    def read_one(self, ask: ReadAsk) -> Reading:
        raise EngineError("asr.engine_lost", "the recogniser's decoder failed", retryable=True)


@pytest.fixture
async def pool() -> AsyncIterator[InferencePool]:
    pool = InferencePool(name="asr", workers=1, depth=2)
    yield pool
    await pool.aclose()


def a_recogniser(
    pool: InferencePool,
    reader: ScriptedReader | None = None,
    *,
    clock: FakeClock | None = None,
    settings: AsrSettings | None = None,
) -> UtteranceRecogniser:
    return UtteranceRecogniser(
        Equipment(
            desk=PooledDesk(reader or ScriptedReader(WORDS), pool),
            detection=LoudnessDetection(),
            clock=clock or FakeClock(),
            settings=settings or AsrSettings(),
        )
    )


async def hear(recogniser: UtteranceRecogniser, sound: AsyncIterator[Sound]) -> list[Heard]:
    return [heard async for heard in recogniser.listen(CALL, Leg.CALLER, sound)]


def segments(heard: Iterable[Heard]) -> list[TranscriptSegment]:
    return [item.segment for item in heard if isinstance(item, SegmentHeard)]


def languages(heard: Iterable[Heard]) -> list[LanguageTag | None]:
    return [item.guess.language for item in heard if isinstance(item, LanguageHeard)]


async def test_words_grow_while_somebody_speaks(pool: InferencePool) -> None:
    shown = segments(await hear(a_recogniser(pool), frames_of(PAUSE + voiced(3_000) + PAUSE)))

    texts = [segment.text for segment in shown]
    assert len(texts) >= 4
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert shown[-1].is_final
    assert shown[-1].text == WORDS[440]


async def test_a_partial_costs_nothing_while_nobody_speaks(pool: InferencePool) -> None:
    reader = ScriptedReader(WORDS)

    assert await hear(a_recogniser(pool, reader), frames_of(silence(30_000), 100)) == []
    assert reader.read_seconds == []


async def test_a_long_utterance_is_sketched_less_often(pool: InferencePool) -> None:
    settings = AsrSettings(partials=PartialSettings(every_ms=500, share=0.5))

    shown = segments(
        await hear(a_recogniser(pool, settings=settings), frames_of(PAUSE + voiced(4_000) + PAUSE))
    )

    partials = [segment for segment in shown if not segment.is_final]
    assert len(partials) <= 4  # after 0.5, 1, 2 and 4 seconds


async def test_partials_give_way_when_the_machine_is_busy_and_finals_do_not(
    pool: InferencePool,
) -> None:
    free = threading.Event()

    async with asyncio.TaskGroup() as others:
        for _ in range(3):  # one at work, two in the line: no place for a partial
            others.create_task(pool.run(free.wait, priority=Priority.FINAL))
        await asyncio.sleep(0)
        frames = list(blocks(PAUSE + voiced(1_000)))
        hearing = others.create_task(hear(a_recogniser(pool), stream(frames)))
        await asyncio.sleep(0.02)
        free.set()

    assert [segment.is_final for segment in segments(hearing.result())] == [True]


async def test_nothing_is_sketched_while_we_are_behind_the_wire(pool: InferencePool) -> None:
    clock = FakeClock(monotonic_ms=100_000)
    frames = blocks(PAUSE + voiced(3_000) + PAUSE, since_ms=80_000)

    shown = segments(await hear(a_recogniser(pool, clock=clock), stream(frames)))

    assert [segment.is_final for segment in shown] == [True]


async def test_words_that_were_shown_and_not_believed_are_taken_back(pool: InferencePool) -> None:
    heard = await hear(
        a_recogniser(pool, DisbelievingReader(WORDS)), frames_of(PAUSE + voiced(2_000) + PAUSE)
    )

    shown = segments(heard)
    assert len(shown) > 1
    assert (shown[-1].is_final, shown[-1].text) == (True, "")


async def test_words_that_were_never_shown_and_not_believed_leave_no_trace(
    pool: InferencePool,
) -> None:
    reader = DisbelievingReader({})

    heard = await hear(a_recogniser(pool, reader), frames_of(PAUSE + voiced(600) + PAUSE))

    assert segments(heard) == []


async def test_a_language_is_named_in_the_middle_of_the_first_sentence(pool: InferencePool) -> None:
    heard = await hear(a_recogniser(pool), frames_of(PAUSE + voiced(4_000) + PAUSE))

    named = next(item for item in heard if isinstance(item, LanguageHeard) and item.guess.language)
    assert named.guess.language == ZH
    assert named.decided_at_ms < 4_000
    assert segments(heard)[-1].language == ZH


async def test_an_opinion_is_told_once_and_not_at_every_utterance(pool: InferencePool) -> None:
    pcm = PAUSE + (voiced(2_000) + PAUSE) * 4

    assert languages(await hear(a_recogniser(pool), frames_of(pcm, 100))).count(ZH) == 1


async def test_nobody_guesses_a_language_from_a_cough(pool: InferencePool) -> None:
    heard = await hear(
        a_recogniser(pool, ScriptedReader({440: "嗯"})), frames_of(PAUSE + voiced(300) + PAUSE)
    )

    assert languages(heard) == [None]
    assert segments(heard)[-1].language is None


async def test_unclear_speech_is_written_down_without_a_language(pool: InferencePool) -> None:
    unsure = dict.fromkeys(HOTLINE_LANGUAGES, 1 / 9) | {EN: 0.2}
    reader = ScriptedReader(WORDS, odds=unsure)

    heard = await hear(a_recogniser(pool, reader), frames_of(PAUSE + voiced(3_000) + PAUSE))

    assert segments(heard)[-1].text == WORDS[440]
    assert segments(heard)[-1].language is None
    assert set(languages(heard)) == {None}


async def test_a_final_knows_when_its_sound_arrived(pool: InferencePool) -> None:
    frames = blocks(PAUSE + voiced(2_000) + PAUSE, since_ms=50_000)
    clock = FakeClock(monotonic_ms=53_900)

    heard = await hear(a_recogniser(pool, clock=clock), stream(frames))

    stages = next(item.stages for item in heard if isinstance(item, SegmentHeard) and item.stages)
    assert stages.onset_heard_ms == pytest.approx(51_000, abs=40)
    assert stages.speech_end_heard_ms == pytest.approx(53_000, abs=40)
    assert stages.final_ms == 53_900
    assert stages.final_latency_ms == pytest.approx(900, abs=40)


async def test_a_lost_machine_is_told_to_whoever_listens(pool: InferencePool) -> None:
    with pytest.raises(EngineError) as lost:
        await hear(
            a_recogniser(pool, BrokenReader(WORDS)), frames_of(PAUSE + voiced(2_000) + PAUSE)
        )

    assert lost.value.code == "asr.engine_lost"


async def test_the_reader_is_given_the_words_and_a_little_silence(pool: InferencePool) -> None:
    reader = ScriptedReader(WORDS)

    await hear(a_recogniser(pool, reader), frames_of(PAUSE + voiced(2_000) + silence(5_000)))

    assert reader.read_seconds == [pytest.approx(2.52, abs=0.07)]


class SlowReader(ScriptedReader):
    """Reads with care only when it is let."""

    def __init__(self, words: dict[int, str]) -> None:
        super().__init__(words)
        self.may_read = threading.Event()

    def read_one(self, ask: ReadAsk) -> Reading:
        self.may_read.wait(5)
        return super().read_one(ask)


class CountingReader(ScriptedReader):
    """Says how many readings came before, so that no two phrases have the same words."""

    def __init__(self) -> None:
        super().__init__({440: "社保卡丢了怎么办"})
        self.asks: list[ReadAsk] = []

    def read_one(self, ask: ReadAsk) -> Reading:
        self.asks.append(ask)
        return replace(super().read_one(ask), text=f"第{len(self.asks)}句")


LIVE = FakeClock(monotonic_ms=1_000_000)
BREATH = silence(320)
LONG_BREATH = silence(470)
MONOLOGUE = (
    PAUSE + voiced(4_000) + LONG_BREATH + voiced(4_500) + LONG_BREATH + voiced(2_000) + PAUSE
)


def live(pcm: bytes) -> AsyncIterator[Sound]:
    """Sound that arrives as it is spoken, one second ago at most."""
    duration_ms = len(pcm) // 16
    return stream(blocks(pcm, since_ms=LIVE.monotonic_ms() - duration_ms))


def patient() -> AsrSettings:
    return AsrSettings(partials=PartialSettings(late_ms=30_000))


@asynccontextmanager
async def closing(pool: InferencePool) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await pool.aclose()


async def test_a_leg_is_heard_while_its_utterance_is_read() -> None:
    pool = InferencePool(name="asr", workers=2, depth=4)
    reader = SlowReader(WORDS)
    recogniser = a_recogniser(pool, reader, clock=LIVE, settings=patient())
    shown: list[TranscriptSegment] = []

    async with closing(pool), asyncio.timeout(5):
        talk = PAUSE + voiced(1_500) + PAUSE + voiced(1_500) + PAUSE
        async for heard in recogniser.listen(CALL, Leg.CALLER, live(talk)):
            shown += segments([heard])
            if len({segment.segment_id for segment in shown}) == 2:
                reader.may_read.set()  # somebody already sees the second utterance

    finals = [segment for segment in shown if segment.is_final]
    assert not shown[0].is_final
    assert [segment.text for segment in finals] == [WORDS[440]] * 2
    assert finals[0].end_ms < finals[1].start_ms


async def test_committed_words_never_change_and_grow_while_somebody_talks_long(
    pool: InferencePool,
) -> None:
    shown = segments(await hear(a_recogniser(pool, CountingReader()), frames_of(MONOLOGUE)))

    committed = [segment.text[: segment.committed] for segment in shown]
    assert all(later.startswith(earlier) for earlier, later in pairwise(committed))
    assert any(segment.committed for segment in shown if not segment.is_final)
    assert committed[-1] == shown[-1].text
    assert {segment.segment_id for segment in shown} == {shown[0].segment_id}


async def test_a_recording_gives_the_finals_that_live_sound_gives(pool: InferencePool) -> None:
    async def finals(sound: AsyncIterator[Sound], clock: FakeClock) -> list[tuple[int, int]]:
        recogniser = a_recogniser(pool, clock=clock, settings=patient())
        said = [s for s in segments(await hear(recogniser, sound)) if s.is_final]
        return [(segment.start_ms, segment.end_ms) for segment in said]

    talk = MONOLOGUE + voiced(500) + PAUSE
    recorded = await finals(frames_of(talk, 400), FakeClock())

    assert len(recorded) == 2
    assert await finals(live(talk), LIVE) == recorded


async def test_a_pause_that_was_the_end_costs_one_reading(pool: InferencePool) -> None:
    reader = ScriptedReader(WORDS)

    await hear(a_recogniser(pool, reader), frames_of(PAUSE + voiced(2_000) + PAUSE))

    assert len(reader.read_seconds) == 1


async def test_a_pause_that_was_not_the_end_gives_better_words_at_once(pool: InferencePool) -> None:
    reader = CountingReader()
    settings = AsrSettings(partials=PartialSettings(first_ms=5_000, every_ms=5_000))

    shown = segments(
        await hear(
            a_recogniser(pool, reader, settings=settings),
            frames_of(PAUSE + voiced(1_500) + BREATH + voiced(1_500) + PAUSE),
        )
    )

    assert [segment.text for segment in shown] == ["第1句", "第2句", "第2句"]
    assert [segment.is_final for segment in shown] == [False, False, True]
    assert len(reader.asks) == 2


async def test_the_phrases_of_an_utterance_are_asked_for_by_different_names(
    pool: InferencePool,
) -> None:
    reader = CountingReader()

    await hear(a_recogniser(pool, reader), frames_of(MONOLOGUE))

    names = {ask.utterance for ask in reader.asks}
    assert len(names) > 1
    assert {name.rsplit(".", 1)[0] for name in names} == {f"{CALL}-caller-00000992"}


async def test_speech_that_became_no_words_is_marked(pool: InferencePool) -> None:
    talk = PAUSE + voiced(1_000) + silence(10_000)

    heard = await hear(a_recogniser(pool, DisbelievingReader(WORDS)), frames_of(talk, 100))

    (marked,) = [item for item in heard if isinstance(item, PassageHeard)]
    assert marked.kind is PassageKind.UNREADABLE
    assert (marked.start_ms, marked.end_ms) == (992, 2_016)


async def test_a_tone_is_not_read(pool: InferencePool) -> None:
    reader = ScriptedReader({450: "拨号音"})

    heard = await hear(
        a_recogniser(pool, reader), frames_of(PAUSE + tone(4_000, hz=450) + PAUSE, 100)
    )

    assert [segment.text for segment in segments(heard) if segment.is_final] == [""]
    assert reader.read_seconds == []
    assert {item.kind for item in heard if isinstance(item, PassageHeard)} == {
        PassageKind.RING_BACK
    }


async def test_words_are_firm_although_no_more_sound_comes(pool: InferencePool) -> None:
    async def stalled() -> AsyncIterator[Sound]:
        async for piece in live(PAUSE + voiced(1_000) + PAUSE):
            yield piece
        await asyncio.Event().wait()

    recogniser = a_recogniser(pool, clock=LIVE, settings=patient())
    listening = cast(AsyncGenerator[Heard, None], recogniser.listen(CALL, Leg.CALLER, stalled()))
    async with asyncio.timeout(5), aclosing(listening):
        async for heard in listening:
            if any(segment.is_final for segment in segments([heard])):
                break


async def test_closing_ends_whatever_a_leg_waits_for(pool: InferencePool) -> None:
    async def endless() -> AsyncIterator[Sound]:
        async for piece in live(PAUSE + voiced(1_000) + PAUSE):
            yield piece
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    recogniser = a_recogniser(pool, clock=LIVE, settings=patient())
    listening = cast(AsyncGenerator[Heard, None], recogniser.listen(CALL, Leg.CALLER, endless()))
    async with asyncio.timeout(5):
        await anext(listening)
        await listening.aclose()
        await listening.aclose()

    assert asyncio.all_tasks() == before


async def test_a_machine_that_breaks_leaves_the_rest_of_the_sound_to_others(
    pool: InferencePool,
) -> None:
    sound = live(PAUSE + voiced(1_000) + PAUSE * 20)
    recogniser = a_recogniser(pool, BrokenReader(WORDS), clock=LIVE, settings=patient())

    with pytest.raises(EngineError):
        await hear(recogniser, sound)

    assert [piece async for piece in sound]


async def test_one_language_needs_no_look(pool: InferencePool) -> None:
    looks: list[int] = []

    class LookedAt(ScriptedReader):
        def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
            looks.append(len(waveforms))
            return super().odds(waveforms)

    settings = AsrSettings(language=LanguageSettings(allowed=(ZH,)))
    await hear(
        a_recogniser(pool, LookedAt(WORDS), settings=settings), frames_of(voiced(4_000) + PAUSE)
    )

    assert looks == []
