"""One leg's words are shown early, kept firm, and never invented."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from itertools import pairwise
from typing import cast

import pytest

from asr.desk.reading import ReadAsk, Reading
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.leg.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings, LanguageSettings, PartialSettings
from domain.audio import Leg, Sound
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag
from domain.passage import PassageKind
from domain.ports import Heard, LanguageHeard, PassageHeard, SegmentHeard
from domain.transcript import TranscriptSegment
from tests.fakes.clock import FakeClock
from tests.fakes.recognition import desk_over, recogniser_at, recogniser_over
from tests.fakes.sound import CALL, blocks, frames_of, silence, stream, tone
from tests.fakes.troubled_reader import a_read
from tests.fakes.utterance_reader import ScriptedReader
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


async def hear(
    sound: AsyncIterator[Sound],
    reader: ScriptedReader | None = None,
    *,
    clock: FakeClock | None = None,
    settings: AsrSettings | None = None,
) -> list[Heard]:
    async with recogniser_over(
        reader or ScriptedReader(WORDS), clock=clock, settings=settings
    ) as recogniser:
        return [heard async for heard in recogniser.listen(CALL, Leg.CALLER, sound)]


def segments(heard: Iterable[Heard]) -> list[TranscriptSegment]:
    return [item.segment for item in heard if isinstance(item, SegmentHeard)]


def languages(heard: Iterable[Heard]) -> list[LanguageTag | None]:
    return [item.guess.language for item in heard if isinstance(item, LanguageHeard)]


async def test_words_grow_while_somebody_speaks() -> None:
    shown = segments(await hear(frames_of(PAUSE + voiced(3_000) + PAUSE)))

    texts = [segment.text for segment in shown]
    assert len(texts) >= 4
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert shown[-1].is_final
    assert shown[-1].text == WORDS[440]


async def test_a_partial_costs_nothing_while_nobody_speaks() -> None:
    reader = ScriptedReader(WORDS)

    assert await hear(frames_of(silence(30_000), 100), reader) == []
    assert reader.read_seconds == []


async def test_a_long_utterance_is_sketched_less_often() -> None:
    settings = AsrSettings(partials=PartialSettings(every_ms=500, share=0.5))

    shown = segments(await hear(frames_of(PAUSE + voiced(4_000) + PAUSE), settings=settings))

    partials = [segment for segment in shown if not segment.is_final]
    assert len(partials) <= 4  # after 0.5, 1, 2 and 4 seconds


async def test_partials_give_way_when_the_machine_is_busy_and_finals_do_not() -> None:
    reader = SlowReader(WORDS)

    async with desk_over(reader) as desk, asyncio.TaskGroup() as group:
        for n in range(2):  # one at work, one in the line: no place for a partial
            group.create_task(desk.read(a_read(utterance=f"other-{n}")))
            await asyncio.sleep(0)
        listening = recogniser_at(desk).listen(
            CALL, Leg.CALLER, stream(list(blocks(PAUSE + voiced(1_000))))
        )
        hearing = group.create_task(all_of(listening))
        await asyncio.sleep(0.02)
        reader.may_read.set()

    assert [segment.is_final for segment in segments(hearing.result())] == [True]


async def test_nothing_is_sketched_while_we_are_behind_the_wire() -> None:
    clock = FakeClock(monotonic_ms=100_000)
    frames = blocks(PAUSE + voiced(3_000) + PAUSE, since_ms=80_000)

    shown = segments(await hear(stream(frames), clock=clock))

    assert [segment.is_final for segment in shown] == [True]


async def test_words_that_were_shown_and_not_believed_are_taken_back() -> None:
    heard = await hear(frames_of(PAUSE + voiced(2_000) + PAUSE), DisbelievingReader(WORDS))

    shown = segments(heard)
    assert len(shown) > 1
    assert (shown[-1].is_final, shown[-1].text) == (True, "")


async def test_words_that_were_never_shown_and_not_believed_leave_no_trace() -> None:
    reader = DisbelievingReader({})

    heard = await hear(frames_of(PAUSE + voiced(600) + PAUSE), reader)

    assert segments(heard) == []


async def test_a_language_is_named_in_the_middle_of_the_first_sentence() -> None:
    heard = await hear(frames_of(PAUSE + voiced(4_000) + PAUSE))

    named = next(item for item in heard if isinstance(item, LanguageHeard) and item.guess.language)
    assert named.guess.language == ZH
    assert named.decided_at_ms < 4_000
    assert segments(heard)[-1].language == ZH


async def test_an_opinion_is_told_once_and_not_at_every_utterance() -> None:
    pcm = PAUSE + (voiced(2_000) + PAUSE) * 4

    assert languages(await hear(frames_of(pcm, 100))).count(ZH) == 1


async def test_nobody_guesses_a_language_from_a_cough() -> None:
    heard = await hear(frames_of(PAUSE + voiced(300) + PAUSE), ScriptedReader({440: "嗯"}))

    assert languages(heard) == [None]
    assert segments(heard)[-1].language is None


async def test_unclear_speech_is_written_down_without_a_language() -> None:
    unsure = dict.fromkeys(HOTLINE_LANGUAGES, 1 / 9) | {EN: 0.2}
    reader = ScriptedReader(WORDS, odds=unsure)

    heard = await hear(frames_of(PAUSE + voiced(3_000) + PAUSE), reader)

    assert segments(heard)[-1].text == WORDS[440]
    assert segments(heard)[-1].language is None
    assert set(languages(heard)) == {None}


async def test_a_final_knows_when_its_sound_arrived() -> None:
    frames = blocks(PAUSE + voiced(2_000) + PAUSE, since_ms=50_000)
    clock = FakeClock(monotonic_ms=53_900)

    heard = await hear(stream(frames), clock=clock)

    stages = next(item.stages for item in heard if isinstance(item, SegmentHeard) and item.stages)
    assert stages.onset_heard_ms == pytest.approx(51_000, abs=40)
    assert stages.speech_end_heard_ms == pytest.approx(53_000, abs=40)
    assert stages.final_ms == 53_900
    assert stages.final_latency_ms == pytest.approx(900, abs=40)


async def test_the_reader_is_given_the_words_and_a_little_silence() -> None:
    reader = ScriptedReader(WORDS)

    await hear(frames_of(PAUSE + voiced(2_000) + silence(5_000)), reader)

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
TALK = PAUSE + voiced(1_500) + PAUSE
MONOLOGUE = (
    PAUSE + voiced(4_000) + LONG_BREATH + voiced(4_500) + LONG_BREATH + voiced(2_000) + PAUSE
)


def live(pcm: bytes) -> AsyncIterator[Sound]:
    """Sound that arrives as it is spoken, one second ago at most."""
    duration_ms = len(pcm) // 16
    return stream(blocks(pcm, since_ms=LIVE.monotonic_ms() - duration_ms))


async def all_of(listening: AsyncIterator[Heard]) -> list[Heard]:
    return [heard async for heard in listening]


def listening_to(
    recogniser: UtteranceRecogniser, sound: AsyncIterator[Sound]
) -> "aclosing[AsyncGenerator[Heard, None]]":
    listening = recogniser.listen(CALL, Leg.CALLER, sound)
    return aclosing(cast(AsyncGenerator[Heard, None], listening))


def live_recogniser(
    reader: ScriptedReader | None = None, *, workers: int = 1
) -> AbstractAsyncContextManager[UtteranceRecogniser]:
    return recogniser_over(
        reader or ScriptedReader(WORDS), clock=LIVE, settings=patient(), workers=workers
    )


def patient() -> AsrSettings:
    return AsrSettings(partials=PartialSettings(late_ms=30_000))


async def test_a_leg_is_heard_while_its_utterance_is_read() -> None:
    reader = SlowReader(WORDS)
    shown: list[TranscriptSegment] = []

    async with asyncio.timeout(5), live_recogniser(reader, workers=2) as recogniser:
        talk = PAUSE + voiced(1_500) + PAUSE + voiced(1_500) + PAUSE
        async for heard in recogniser.listen(CALL, Leg.CALLER, live(talk)):
            shown += segments([heard])
            if len({segment.segment_id for segment in shown}) == 2:
                reader.may_read.set()  # somebody already sees the second utterance

    finals = [segment for segment in shown if segment.is_final]
    assert not shown[0].is_final
    assert [segment.text for segment in finals] == [WORDS[440]] * 2
    assert finals[0].end_ms < finals[1].start_ms


async def test_committed_words_never_change_and_grow_while_somebody_talks_long() -> None:
    shown = segments(await hear(frames_of(MONOLOGUE), CountingReader()))

    committed = [segment.text[: segment.committed] for segment in shown]
    assert all(later.startswith(earlier) for earlier, later in pairwise(committed))
    assert any(segment.committed for segment in shown if not segment.is_final)
    assert committed[-1] == shown[-1].text
    assert {segment.segment_id for segment in shown} == {shown[0].segment_id}


async def test_a_recording_gives_the_finals_that_live_sound_gives() -> None:
    async def finals(sound: AsyncIterator[Sound], clock: FakeClock) -> list[tuple[int, int]]:
        heard = await hear(sound, clock=clock, settings=patient())
        said = [s for s in segments(heard) if s.is_final]
        return [(segment.start_ms, segment.end_ms) for segment in said]

    talk = MONOLOGUE + voiced(500) + PAUSE
    recorded = await finals(frames_of(talk, 400), FakeClock())

    assert len(recorded) == 2
    assert await finals(live(talk), LIVE) == recorded


async def test_a_pause_that_was_the_end_costs_one_reading() -> None:
    reader = ScriptedReader(WORDS)

    await hear(frames_of(PAUSE + voiced(2_000) + PAUSE), reader)

    assert len(reader.read_seconds) == 1


async def test_a_pause_that_was_not_the_end_gives_better_words_at_once() -> None:
    reader = CountingReader()
    settings = AsrSettings(partials=PartialSettings(first_ms=5_000, every_ms=5_000))

    shown = segments(
        await hear(
            frames_of(PAUSE + voiced(1_500) + BREATH + voiced(1_500) + PAUSE),
            reader,
            settings=settings,
        )
    )

    assert [segment.text for segment in shown] == ["第1句", "第2句", "第2句"]
    assert [segment.is_final for segment in shown] == [False, False, True]
    assert len(reader.asks) == 2


async def test_the_phrases_of_an_utterance_are_asked_for_by_different_names() -> None:
    reader = CountingReader()

    await hear(frames_of(MONOLOGUE), reader)

    names = {ask.utterance for ask in reader.asks}
    assert len(names) > 1
    assert {name.rsplit(".", 1)[0] for name in names} == {f"{CALL}-caller-00000992"}


async def test_speech_that_became_no_words_is_marked() -> None:
    talk = PAUSE + voiced(1_000) + silence(10_000)

    heard = await hear(frames_of(talk, 100), DisbelievingReader(WORDS))

    (marked,) = [item for item in heard if isinstance(item, PassageHeard)]
    assert marked.kind is PassageKind.UNREADABLE
    assert (marked.start_ms, marked.end_ms) == (992, 2_016)


async def test_a_tone_is_not_read() -> None:
    reader = ScriptedReader({450: "拨号音"})

    heard = await hear(frames_of(PAUSE + tone(4_000, hz=450) + PAUSE, 100), reader)

    assert [segment.text for segment in segments(heard) if segment.is_final] == [""]
    assert reader.read_seconds == []
    assert {item.kind for item in heard if isinstance(item, PassageHeard)} == {
        PassageKind.RING_BACK
    }


async def test_words_are_firm_although_no_more_sound_comes() -> None:
    async def stalled() -> AsyncIterator[Sound]:
        async for piece in live(PAUSE + voiced(1_000) + PAUSE):
            yield piece
        await asyncio.Event().wait()

    async with (
        asyncio.timeout(5),
        live_recogniser() as recogniser,
        listening_to(recogniser, stalled()) as listening,
    ):
        async for heard in listening:
            if any(segment.is_final for segment in segments([heard])):
                break


async def test_closing_ends_whatever_a_leg_waits_for() -> None:
    async def endless() -> AsyncIterator[Sound]:
        async for piece in live(PAUSE + voiced(1_000) + PAUSE):
            yield piece
        await asyncio.Event().wait()

    async with asyncio.timeout(5), live_recogniser() as recogniser:
        before = asyncio.all_tasks()
        async with listening_to(recogniser, endless()) as listening:
            await anext(listening)
            await listening.aclose()

        assert asyncio.all_tasks() == before


async def test_what_a_leg_asked_for_is_withdrawn_when_nobody_listens_any_more() -> None:
    reader = SlowReader(WORDS)

    async with (
        asyncio.timeout(5),
        desk_over(reader, clock=LIVE) as desk,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(desk.read(a_read(utterance="other-0")))
        recogniser = recogniser_at(desk, clock=LIVE, settings=patient())
        leg = group.create_task(all_of(recogniser.listen(CALL, Leg.CALLER, live(TALK))))
        while not desk.waiting:  # noqa: ASYNC110 — the line rings no bell
            await asyncio.sleep(0.001)
        leg.cancel()
        await asyncio.wait((leg,))

        assert desk.waiting == 0
        reader.may_read.set()

    assert len(reader.read_seconds) == 1


async def test_one_language_needs_no_look() -> None:
    looks: list[int] = []

    class LookedAt(ScriptedReader):
        def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
            looks.append(len(waveforms))
            return super().odds(waveforms)

    settings = AsrSettings(language=LanguageSettings(allowed=(ZH,)))
    await hear(frames_of(voiced(4_000) + PAUSE), LookedAt(WORDS), settings=settings)

    assert looks == []
