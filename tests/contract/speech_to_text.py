"""Every SpeechToText keeps these promises; an adapter's test file supplies the machine and what it understands."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import ClassVar, cast

import pytest

from domain.audio import GapCause, Leg, Sound, ms_from_samples
from domain.errors import InputError
from domain.ids import CallId
from domain.ports import GapHeard, Heard, LanguageHeard, PassageHeard, SegmentHeard, SpeechToText
from domain.transcript import TranscriptSegment
from tests.fakes.sound import CALL, blocks, frames_of, gap, noise, silence, stream, tone

RATE_HZ = 8_000
PAUSE = silence(1_200, rate_hz=RATE_HZ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One utterance at 8 kHz and what was said."""

    pcm: bytes
    text: str

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2


def errors(reference: str, heard: str) -> int:
    """Characters to change, letters and digits only."""
    wanted, got = _letters(reference), _letters(heard)
    row = list(range(len(got) + 1))
    for i, a in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(got, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def _letters(text: str) -> list[str]:
    return [c for c in text.casefold() if c.isalnum()]


def finals(everything: Iterable[Heard]) -> list[TranscriptSegment]:
    return [s for s in segments(everything) if s.is_final and s.text]


def segments(everything: Iterable[Heard]) -> list[TranscriptSegment]:
    return [heard.segment for heard in everything if isinstance(heard, SegmentHeard)]


async def hear(recogniser: SpeechToText, sound: AsyncIterator[Sound]) -> list[Heard]:
    return [heard async for heard in recogniser.listen(CALL, Leg.CALLER, sound)]


class SpeechToTextContract(ABC):
    """The suite."""

    max_error_rate: ClassVar[float] = 0.0
    not_words: ClassVar[dict[str, bytes]] = {
        "silence": silence(10_000),
        "line noise": noise(10_000, level=0.002),
    }

    @abstractmethod
    @pytest.fixture
    def recogniser(self) -> SpeechToText | AsyncIterator[SpeechToText]:
        """The machine under test."""

    @abstractmethod
    @pytest.fixture
    def spoken(self) -> list[Spoken]:
        """At least two different utterances of one to six seconds that it understands."""

    @pytest.fixture
    def talk(self, spoken: list[Spoken]) -> bytes:
        """Two utterances with pauses around them."""
        return PAUSE + spoken[0].pcm + PAUSE + spoken[1].pcm + PAUSE

    async def test_what_is_not_speech_gives_no_words(self, recogniser: SpeechToText) -> None:
        for name, pcm in self.not_words.items():
            assert segments(await hear(recogniser, frames_of(pcm, 100))) == [], name

    async def test_a_leg_without_sound_gives_nothing(self, recogniser: SpeechToText) -> None:
        assert await hear(recogniser, frames_of(b"")) == []

    async def test_revisions_rise_and_each_segment_has_one_final_which_is_its_last(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        heard = segments(await hear(recogniser, frames_of(talk)))

        by_id: dict[str, list[TranscriptSegment]] = {}
        for segment in heard:
            by_id.setdefault(segment.segment_id, []).append(segment)
        assert len(by_id) >= 2
        for revisions in by_id.values():
            numbers = [segment.revision for segment in revisions]
            assert numbers == sorted(set(numbers))
            assert [segment.is_final for segment in revisions] == [False] * (len(revisions) - 1) + [
                True
            ]

    async def test_committed_words_are_never_changed_by_a_later_revision(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        promised: dict[str, str] = {}

        for segment in segments(await hear(recogniser, frames_of(talk))):
            assert segment.text.startswith(promised.get(segment.segment_id, ""))
            promised[segment.segment_id] = segment.text[: segment.committed]

        assert promised

    async def test_marks_of_passages_lie_inside_the_sound(self, recogniser: SpeechToText) -> None:
        pcm = noise(1_000, level=0.002) + tone(5_010, hz=450) + silence(90)

        heard = await hear(recogniser, frames_of(pcm, 100))

        marks = [h for h in heard if isinstance(h, PassageHeard)]
        assert all(
            0 <= mark.start_ms < mark.end_ms <= ms_from_samples(len(pcm) // 2, RATE_HZ)
            for mark in marks
        )

    async def test_finals_follow_each_other_inside_the_sound_and_never_overlap(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        everything = await hear(recogniser, frames_of(talk))

        said = finals(everything)
        edges = [ms for segment in said for ms in (segment.start_ms, segment.end_ms)]
        assert len(said) >= 2
        assert edges == sorted(edges)
        assert all(segment.start_ms < segment.end_ms for segment in said)
        last_ms = ms_from_samples(len(talk) // 2, RATE_HZ)
        assert all(0 <= s.start_ms <= s.end_ms <= last_ms for s in segments(everything))

    async def test_the_size_of_the_frames_does_not_change_the_finals(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        small = finals(await hear(recogniser, frames_of(talk, 20)))
        large = finals(await hear(recogniser, frames_of(talk, 400)))

        assert small
        assert [(s.start_ms, s.end_ms, s.text) for s in small] == [
            (s.start_ms, s.end_ms, s.text) for s in large
        ]

    async def test_a_gap_is_reported_and_not_squeezed(
        self, recogniser: SpeechToText, spoken: list[Spoken]
    ) -> None:
        before, after = PAUSE + spoken[0].pcm, spoken[1].pcm + PAUSE
        resumes = len(before) // 2 + 5 * RATE_HZ
        hole = gap(len(before) // 2, 5 * RATE_HZ, cause=GapCause.OVERFLOW)

        heard = await hear(
            recogniser, stream([*blocks(before), hole, *blocks(after, first_sample=resumes)])
        )

        marked = [h for h in heard if isinstance(h, GapHeard)]
        assert marked == [
            GapHeard(start_ms=hole.start_ms, end_ms=hole.end_ms, cause=GapCause.OVERFLOW)
        ]
        said = finals(heard)
        assert len(said) >= 2
        assert all(s.end_ms <= hole.start_ms or s.start_ms >= hole.end_ms for s in said)

    async def test_missing_samples_nobody_announced_are_a_gap_too(
        self, recogniser: SpeechToText
    ) -> None:
        frames = list(blocks(silence(2_000), 100))

        heard = await hear(recogniser, stream([*frames[:5], *frames[15:]]))

        assert [(h.start_ms, h.end_ms) for h in heard if isinstance(h, GapHeard)] == [(500, 1_500)]

    async def test_two_legs_at_once_do_not_mix(
        self, recogniser: SpeechToText, spoken: list[Spoken]
    ) -> None:
        async def leg(call_id: CallId, leg: Leg, said: Spoken) -> list[Heard]:
            sound = frames_of(PAUSE + said.pcm + PAUSE, leg=leg, call_id=call_id)
            return [heard async for heard in recogniser.listen(call_id, leg, sound)]

        alone = [finals(await leg(CALL, Leg.CALLER, said)) for said in spoken[:2]]
        async with asyncio.TaskGroup() as both:
            first = both.create_task(leg(CallId("call-a"), Leg.CALLER, spoken[0]))
            second = both.create_task(leg(CallId("call-b"), Leg.AGENT, spoken[1]))

        together = [finals(first.result()), finals(second.result())]
        assert [[s.text for s in said] for said in together] == [
            [s.text for s in said] for said in alone
        ]
        assert {(s.call_id, s.leg) for s in together[0]} == {("call-a", Leg.CALLER)}
        assert {(s.call_id, s.leg) for s in together[1]} == {("call-b", Leg.AGENT)}

    async def test_speech_that_runs_into_the_end_is_finished(
        self, recogniser: SpeechToText, spoken: list[Spoken]
    ) -> None:
        pcm = PAUSE + spoken[0].pcm

        said = finals(await hear(recogniser, frames_of(pcm)))

        assert said
        assert said[-1].end_ms <= ms_from_samples(len(pcm) // 2, RATE_HZ)

    async def test_a_listener_that_leaves_takes_nothing_with_it(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        listening = cast(
            AsyncGenerator[Heard, None], recogniser.listen(CALL, Leg.CALLER, frames_of(talk))
        )
        async with asyncio.timeout(30), aclosing(listening):
            await anext(listening)

        await listening.aclose()
        assert len(finals(await hear(recogniser, frames_of(talk, 100)))) >= 2

    async def test_cancelling_in_the_middle_leaves_the_machine_to_others(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        async def listen_for_ever() -> None:
            while True:
                await hear(recogniser, frames_of(talk, 1_000))

        async with asyncio.TaskGroup() as call:
            listening = call.create_task(listen_for_ever())
            await asyncio.sleep(0.02)
            listening.cancel()

        assert listening.cancelled()
        assert len(finals(await hear(recogniser, frames_of(talk, 100)))) >= 2

    async def test_a_rate_that_changes_within_a_leg_is_refused(
        self, recogniser: SpeechToText
    ) -> None:
        mixed = [*blocks(silence(100)), *blocks(tone(100, rate_hz=16_000), rate_hz=16_000)]

        with pytest.raises(InputError) as refused:
            await hear(recogniser, stream(mixed))

        assert refused.value.code == "asr.rate"

    async def test_the_capabilities_tell_the_truth(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        can = recogniser.capabilities
        heard = await hear(recogniser, frames_of(talk))

        shown = segments(heard)
        assert any(not s.is_final for s in shown) == can.partials
        assert any(s.words for s in shown) == can.words
        assert any(isinstance(h, LanguageHeard) for h in heard) == can.identifies_language
        assert {s.engine for s in shown} == {can.engine}
        assert {s.language for s in shown} - {None} <= set(can.languages)

    async def test_every_rate_it_claims_gives_the_same_times(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        assert {8_000, 16_000} <= set(recogniser.capabilities.sample_rates_hz)
        doubled = b"".join(talk[at : at + 2] * 2 for at in range(0, len(talk), 2))

        low = finals(await hear(recogniser, frames_of(talk, 100)))
        high = finals(await hear(recogniser, frames_of(doubled, 100, rate_hz=16_000)))

        assert [s.start_ms for s in high] == pytest.approx([s.start_ms for s in low], abs=100)

    async def test_finals_carry_their_stages_in_order(
        self, recogniser: SpeechToText, talk: bytes
    ) -> None:
        heard = [h for h in await hear(recogniser, frames_of(talk)) if isinstance(h, SegmentHeard)]

        for said in heard:
            assert (said.stages is not None) == said.segment.is_final
            if said.stages is not None:
                assert said.stages.onset_heard_ms >= said.segment.start_ms
                assert said.stages.speech_end_heard_ms >= said.segment.end_ms
                assert said.stages.onset_heard_ms < said.stages.speech_end_heard_ms

    async def test_it_understands_what_it_should(
        self, recogniser: SpeechToText, spoken: list[Spoken]
    ) -> None:
        wrong = total = 0
        for said in spoken:
            heard = finals(await hear(recogniser, frames_of(PAUSE + said.pcm + PAUSE, 100)))
            wrong += errors(said.text, "".join(s.text for s in heard))
            total += len(_letters(said.text))

        assert wrong / total <= self.max_error_rate
