"""Say lines from a script whenever something loud enough is heard."""

import math
from array import array
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from domain.audio import (
    KNOWN_RATES_HZ,
    AudioFrame,
    AudioGap,
    GapCause,
    Leg,
    Sound,
    ms_from_samples,
    samples_from_ms,
)
from domain.errors import InputError
from domain.ids import CallId, SegmentId
from domain.language import HOTLINE_LANGUAGES, ZH, LanguageGuess, LanguageTag
from domain.ports import GapHeard, Heard, LanguageHeard, SegmentHeard, SpeechCapabilities
from domain.stages import Stages
from domain.transcript import TranscriptSegment

ENGINE = "scripted"
_BLOCK_MS = 10
_LOUD = 300  # root mean square of a block that counts as speech
_END_SILENCE_MS = 500
_PARTIAL_AFTER_MS = 500


@dataclass(frozen=True, slots=True)
class Line:
    """What the next loud stretch will be heard as."""

    text: str
    language: LanguageTag = ZH


class ScriptedRecogniser:
    """A `SpeechToText` that hears loudness only: the n-th utterance of a leg is the n-th line of its script.

    After the last line the script begins again. ``lost_after`` raises that error once so many lines were said.
    """

    def __init__(
        self,
        lines: Sequence[Line] = (Line("您好，请讲。"),),
        *,
        lost_after: int | None = None,
        error: Exception | None = None,
    ) -> None:
        self._lines = tuple(lines)
        self._lost_after = lost_after
        self._error = error

    @property
    def capabilities(self) -> SpeechCapabilities:
        return SpeechCapabilities(
            engine=ENGINE,
            languages=HOTLINE_LANGUAGES,
            sample_rates_hz=KNOWN_RATES_HZ,
            partials=True,
            words=False,
            identifies_language=True,
        )

    async def listen(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]
    ) -> AsyncIterator[Heard]:
        ear = _Ear(call_id, leg, self._lines)
        async for piece in sound:
            for heard in ear.hear(piece):
                yield heard
            if self._error is not None and ear.said >= (self._lost_after or 0):
                raise self._error
        for heard in ear.end():
            yield heard


class _Ear:
    """The state of one leg; positions are samples at the leg's rate."""

    def __init__(self, call_id: CallId, leg: Leg, lines: tuple[Line, ...]) -> None:
        self._call_id, self._leg, self._lines = call_id, leg, lines
        self._rate_hz: int | None = None
        self._position = 0
        self._rest = b""
        self._onset: int | None = None
        self._speech_end = 0
        self._revision = 0
        self._language: LanguageTag | None = None
        self._heard_ms = self._onset_heard_ms = 0
        self.said = 0

    def hear(self, piece: Sound) -> Iterator[Heard]:
        rate_hz = self._rate_hz = self._rate_hz or piece.sample_rate_hz
        if piece.sample_rate_hz != rate_hz:
            raise InputError("asr.rate", f"expected {rate_hz} Hz, got {piece.sample_rate_hz}")
        until = piece.first_sample
        cause = GapCause.NETWORK
        if isinstance(piece, AudioGap):
            until, cause = until + piece.samples, piece.cause
        yield from self._miss(until, cause)
        if isinstance(piece, AudioFrame):
            self._heard_ms = piece.heard_at_ms
            yield from self._listen(piece.pcm)

    def end(self) -> Iterator[Heard]:
        yield from self._finish()

    def _miss(self, until: int, cause: GapCause) -> Iterator[Heard]:
        since = self._position + len(self._rest) // 2
        if until > since:
            yield from self._finish()
            self._position, self._rest = until, b""
            yield GapHeard(start_ms=self._ms(since), end_ms=self._ms(until), cause=cause)

    def _listen(self, pcm: bytes) -> Iterator[Heard]:
        step = samples_from_ms(_BLOCK_MS, self._rate_hz or 0)
        waiting = self._rest + pcm
        while len(waiting) >= 2 * step:
            block, waiting = waiting[: 2 * step], waiting[2 * step :]
            self._position += step
            yield from self._judge(block, step)
        self._rest = waiting

    def _judge(self, block: bytes, step: int) -> Iterator[Heard]:
        if _loudness(block) >= _LOUD:
            if self._onset is None:
                self._onset, self._onset_heard_ms = self._position - step, self._heard_ms
            self._speech_end = self._position
            yield from self._show()
        elif self._ms(self._position - self._speech_end) >= _END_SILENCE_MS:
            yield from self._finish()

    def _show(self) -> Iterator[Heard]:
        spoken_ms = self._ms(self._speech_end - (self._onset or 0))
        if spoken_ms >= _PARTIAL_AFTER_MS * (self._revision + 1):
            text = self._line.text
            shown = text[: max(1, len(text) * (self._revision + 1) // (self._revision + 2))]
            yield SegmentHeard(segment=self._segment(shown, is_final=False))
            self._revision += 1

    def _finish(self) -> Iterator[Heard]:
        if self._onset is None:
            return
        line = self._line
        if line.language != self._language:
            self._language = line.language
            guess = LanguageGuess(
                language=line.language, probability=1.0, candidates=((line.language, 1.0),)
            )
            yield LanguageHeard(guess=guess, decided_at_ms=self._ms(self._speech_end))
        stages = Stages(
            onset_heard_ms=self._onset_heard_ms,
            speech_end_heard_ms=self._heard_ms,
            first_partial_ms=self._heard_ms if self._revision else None,
            final_ms=self._heard_ms,
        )
        yield SegmentHeard(segment=self._segment(line.text, is_final=True), stages=stages)
        self.said += 1
        self._onset, self._revision = None, 0

    def _segment(self, text: str, *, is_final: bool) -> TranscriptSegment:
        start_ms = self._ms(self._onset or 0)
        return TranscriptSegment(
            call_id=self._call_id,
            leg=self._leg,
            segment_id=SegmentId(f"{self._call_id}-{self._leg}-{start_ms:08d}"),
            revision=self._revision,
            is_final=is_final,
            start_ms=start_ms,
            end_ms=self._ms(self._speech_end),
            text=text,
            language=self._line.language,
            engine=ENGINE,
        )

    @property
    def _line(self) -> Line:
        return self._lines[self.said % len(self._lines)]

    def _ms(self, samples: int) -> int:
        return ms_from_samples(samples, self._rate_hz or 1)


def _loudness(block: bytes) -> float:
    samples = array("h", block)
    return math.sqrt(sum(s * s for s in samples) / len(samples))
