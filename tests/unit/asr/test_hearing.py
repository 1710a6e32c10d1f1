"""One leg's words are shown early, kept firm, and never invented."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from itertools import pairwise

import pytest

from asr.desk import PooledDesk
from asr.hearing import Equipment
from asr.reading import ReadAsk, Reading
from asr.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings, PartialSettings
from domain.audio import Leg, Sound
from domain.errors import EngineError
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag
from domain.ports import Heard, LanguageHeard, SegmentHeard
from domain.transcript import TranscriptSegment
from models.pool import InferencePool, Priority
from tests.fakes.clock import FakeClock
from tests.fakes.sound import CALL, blocks, frames_of, silence, stream, tone
from tests.fakes.utterance_reader import LoudnessDetection, ScriptedReader

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
    shown = segments(await hear(a_recogniser(pool), frames_of(PAUSE + tone(3_000) + PAUSE)))

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
        await hear(a_recogniser(pool, settings=settings), frames_of(PAUSE + tone(4_000) + PAUSE))
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
        frames = list(blocks(PAUSE + tone(1_000)))
        hearing = others.create_task(hear(a_recogniser(pool), stream(frames)))
        await asyncio.sleep(0.02)
        free.set()

    assert [segment.is_final for segment in segments(hearing.result())] == [True]


async def test_nothing_is_sketched_while_we_are_behind_the_wire(pool: InferencePool) -> None:
    clock = FakeClock(monotonic_ms=100_000)
    frames = blocks(PAUSE + tone(3_000) + PAUSE, since_ms=80_000)

    shown = segments(await hear(a_recogniser(pool, clock=clock), stream(frames)))

    assert [segment.is_final for segment in shown] == [True]


async def test_words_that_were_shown_and_not_believed_are_taken_back(pool: InferencePool) -> None:
    heard = await hear(
        a_recogniser(pool, DisbelievingReader(WORDS)), frames_of(PAUSE + tone(2_000) + PAUSE)
    )

    shown = segments(heard)
    assert len(shown) > 1
    assert (shown[-1].is_final, shown[-1].text) == (True, "")


async def test_words_that_were_never_shown_and_not_believed_leave_no_trace(
    pool: InferencePool,
) -> None:
    reader = DisbelievingReader({})

    heard = await hear(a_recogniser(pool, reader), frames_of(PAUSE + tone(600) + PAUSE))

    assert segments(heard) == []


async def test_a_language_is_named_in_the_middle_of_the_first_sentence(pool: InferencePool) -> None:
    heard = await hear(a_recogniser(pool), frames_of(PAUSE + tone(4_000) + PAUSE))

    named = next(item for item in heard if isinstance(item, LanguageHeard) and item.guess.language)
    assert named.guess.language == ZH
    assert named.decided_at_ms < 4_000
    assert segments(heard)[-1].language == ZH


async def test_an_opinion_is_told_once_and_not_at_every_utterance(pool: InferencePool) -> None:
    pcm = PAUSE + (tone(2_000) + PAUSE) * 4

    assert languages(await hear(a_recogniser(pool), frames_of(pcm, 100))).count(ZH) == 1


async def test_nobody_guesses_a_language_from_a_cough(pool: InferencePool) -> None:
    heard = await hear(
        a_recogniser(pool, ScriptedReader({440: "嗯"})), frames_of(PAUSE + tone(300) + PAUSE)
    )

    assert languages(heard) == [None]
    assert segments(heard)[-1].language is None


async def test_unclear_speech_is_written_down_without_a_language(pool: InferencePool) -> None:
    unsure = dict.fromkeys(HOTLINE_LANGUAGES, 1 / 9) | {EN: 0.2}
    reader = ScriptedReader(WORDS, odds=unsure)

    heard = await hear(a_recogniser(pool, reader), frames_of(PAUSE + tone(3_000) + PAUSE))

    assert segments(heard)[-1].text == WORDS[440]
    assert segments(heard)[-1].language is None
    assert set(languages(heard)) == {None}


async def test_a_final_knows_when_its_sound_arrived(pool: InferencePool) -> None:
    frames = blocks(PAUSE + tone(2_000) + PAUSE, since_ms=50_000)
    clock = FakeClock(monotonic_ms=53_900)

    heard = await hear(a_recogniser(pool, clock=clock), stream(frames))

    stages = next(item.stages for item in heard if isinstance(item, SegmentHeard) and item.stages)
    assert stages.onset_heard_ms == pytest.approx(51_000, abs=40)
    assert stages.speech_end_heard_ms == pytest.approx(53_000, abs=40)
    assert stages.final_ms == 53_900
    assert stages.final_latency_ms == pytest.approx(900, abs=40)


async def test_a_lost_machine_is_told_to_whoever_listens(pool: InferencePool) -> None:
    with pytest.raises(EngineError) as lost:
        await hear(a_recogniser(pool, BrokenReader(WORDS)), frames_of(PAUSE + tone(2_000) + PAUSE))

    assert lost.value.code == "asr.engine_lost"


async def test_the_reader_is_given_the_words_and_a_little_silence(pool: InferencePool) -> None:
    reader = ScriptedReader(WORDS)

    await hear(a_recogniser(pool, reader), frames_of(PAUSE + tone(2_000) + silence(5_000)))

    assert reader.read_seconds == [pytest.approx(2.52, abs=0.07)]
