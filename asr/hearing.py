"""Follow one leg from sound to revisions of what was said."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from asr.desk import ReadingDesk
from asr.ear import Began, Ear, EarEvent, Ended
from asr.language_id import LanguageOpinion
from asr.reading import ReadAsk, Reading, SketchAsk
from asr.resampling import RATE_HZ
from asr.settings import AsrSettings
from asr.utterance import OpenUtterance
from asr.vad import SpeechDetection
from domain.audio import AudioFrame, Leg, Sound, ms_from_samples
from domain.ids import CallId, SegmentId
from domain.language import LanguageGuess, LanguageTag
from domain.ports import Clock, Heard, LanguageHeard, SegmentHeard
from domain.stages import Stages
from domain.transcript import TranscriptSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What all legs share; none of it remembers a leg."""

    desk: ReadingDesk
    detection: SpeechDetection
    clock: Clock
    settings: AsrSettings


class Hearing:
    """The state of one leg."""

    def __init__(self, equipment: Equipment, call_id: CallId, leg: Leg) -> None:
        self._with = equipment
        self._call_id = call_id
        self._leg = leg
        self._ear = Ear(detection=equipment.detection, settings=equipment.settings)
        self._opinion = LanguageOpinion(settings=equipment.settings.language)
        self._shown: LanguageGuess | None = None
        self._utterance: OpenUtterance | None = None

    async def hear(self, sound: Sound) -> list[Heard]:
        heard = await self._follow(self._ear.hear(sound))
        if self._utterance is None or not isinstance(sound, AudioFrame):
            return heard
        heard += await self._look(self._utterance, sound)
        if self._with.settings.partials.enabled and not self._is_late(sound):
            heard += await self._sketch(self._utterance, sound)
        return heard

    async def end(self) -> list[Heard]:
        return await self._follow(self._ear.end())

    async def _follow(self, events: Sequence[EarEvent]) -> list[Heard]:
        heard: list[Heard] = []
        for event in events:
            if isinstance(event, Began):
                self._utterance = self._opened(event)
            elif isinstance(event, Ended):
                heard += await self._finish(event)
            else:
                heard.append(event)
        return heard

    def _opened(self, event: Began) -> OpenUtterance:
        start_ms = ms_from_samples(event.onset_sample, RATE_HZ)
        return OpenUtterance(
            segment_id=SegmentId(f"{self._call_id}-{self._leg}-{start_ms:08d}"),
            onset_sample=event.onset_sample,
        )

    def _is_late(self, frame: AudioFrame) -> bool:
        """Behind the wire there is no time for sketches; a frame without arrival time tells nothing."""
        behind_ms = self._with.clock.monotonic_ms() - frame.heard_at_ms
        return frame.heard_at_ms > 0 and behind_ms > self._with.settings.partials.late_ms

    def _speech_ms(self) -> int:
        return ms_from_samples(self._ear.speech_samples, RATE_HZ)

    async def _look(self, utterance: OpenUtterance, frame: AudioFrame) -> list[Heard]:
        """Form an early opinion in the middle of an utterance; its end weighs the same speech for good."""
        settings, speech_ms = self._with.settings.language, self._speech_ms()
        if self._opinion.decided is not None or not utterance.is_look_due(speech_ms, settings):
            return []
        utterance.looks_taken += 1
        window = self._ear.so_far()[: settings.window_ms * RATE_HZ // 1000]
        odds = await self._with.desk.odds(window)
        return self._say_language(self._opinion.after(odds, speech_ms), frame.end_ms)

    async def _sketch(self, utterance: OpenUtterance, frame: AudioFrame) -> list[Heard]:
        speech_ms = self._speech_ms()
        if not utterance.is_sketch_due(speech_ms, self._with.settings.partials):
            return []
        language = self._shown.language if self._shown else None
        ask = SketchAsk(
            utterance=utterance.segment_id,
            waveform=self._ear.so_far(),
            speech_ms=speech_ms,
            language=language,
        )
        try:
            async with asyncio.timeout(self._with.settings.partials.patience_ms / 1000):
                text = await self._with.desk.sketch(ask)
        except TimeoutError:
            text = ""  # too slow to be of use: wait for more speech before asking again
        if text is None:
            return []  # busy: the next frame asks again
        utterance.sketched_at_ms = speech_ms
        return self._show(utterance, text, language, frame.end_ms)

    def _show(
        self, utterance: OpenUtterance, text: str, language: LanguageTag | None, end_ms: int
    ) -> list[Heard]:
        before = utterance.stable
        if not text or (after := before.after(text)).text == before.text:
            return []
        utterance.stable = after
        utterance.first_partial_ms = utterance.first_partial_ms or self._with.clock.monotonic_ms()
        segment = self._segment(utterance, end_ms=end_ms, text=after.text, language=language)
        utterance.revision += 1
        return [SegmentHeard(segment=segment)]

    async def _finish(self, ended: Ended) -> list[Heard]:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return []
        opinion = self._opinion
        reading = await self._with.desk.read(
            ReadAsk(
                utterance=utterance.segment_id,
                waveform=ended.waveform,
                speech_ms=ended.speech_ms,
                choose=partial(opinion.language_for, speech_ms=ended.speech_ms),
            )
        )
        if not reading.text:
            return self._withdraw(utterance, ended)
        self._opinion = opinion.after(reading.odds, ended.speech_ms)
        end_ms = ms_from_samples(ended.end_sample, RATE_HZ)
        return [
            *self._say_language(self._opinion, end_ms),
            self._believe(utterance, ended, reading),
        ]

    def _withdraw(self, utterance: OpenUtterance, ended: Ended) -> list[Heard]:
        """Nothing believable was said. What was already shown ends as an empty final."""
        if not utterance.revision:
            return []
        return [self._final(utterance, ended, text="", language=self._opinion.decided)]

    def _believe(self, utterance: OpenUtterance, ended: Ended, reading: Reading) -> SegmentHeard:
        is_sure = reading.is_sure_of_language or reading.language == self._opinion.decided
        return self._final(
            utterance,
            ended,
            text=reading.text,
            language=reading.language if is_sure else None,
            confidence=reading.confidence,
        )

    def _final(
        self,
        utterance: OpenUtterance,
        ended: Ended,
        *,
        text: str,
        language: LanguageTag | None,
        confidence: float | None = None,
    ) -> SegmentHeard:
        segment = self._segment(
            utterance,
            end_ms=ms_from_samples(ended.end_sample, RATE_HZ),
            text=text,
            language=language,
            confidence=confidence,
            is_final=True,
        )
        return SegmentHeard(segment=segment, stages=self._stages(utterance, ended))

    def _stages(self, utterance: OpenUtterance, ended: Ended) -> Stages:
        return Stages(
            onset_heard_ms=self._ear.arrivals.heard_ms(utterance.onset_sample),
            speech_end_heard_ms=self._ear.arrivals.heard_ms(ended.end_sample - 1),
            first_partial_ms=utterance.first_partial_ms,
            final_ms=self._with.clock.monotonic_ms(),
        )

    def _say_language(self, opinion: LanguageOpinion, at_ms: int) -> list[Heard]:
        """Tell only when the label changes, so that it does not flicker with every figure."""
        guess = opinion.guess
        if self._shown is not None and self._shown.language == guess.language:
            self._shown = guess
            return []
        self._shown = guess
        return [LanguageHeard(guess=guess, decided_at_ms=at_ms)]

    def _segment(
        self,
        utterance: OpenUtterance,
        *,
        end_ms: int,
        text: str,
        language: LanguageTag | None,
        confidence: float | None = None,
        is_final: bool = False,
    ) -> TranscriptSegment:
        return TranscriptSegment(
            call_id=self._call_id,
            leg=self._leg,
            segment_id=utterance.segment_id,
            revision=utterance.revision,
            is_final=is_final,
            start_ms=ms_from_samples(utterance.onset_sample, RATE_HZ),
            end_ms=end_ms,
            text=text,
            language=language,
            engine=self._with.desk.engine,
            confidence=confidence,
        )
