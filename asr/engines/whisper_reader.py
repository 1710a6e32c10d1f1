"""Read utterances with Whisper: quickly for partials, carefully for finals, and not at all when in doubt."""

import logging
from collections.abc import Sequence
from math import exp
from pathlib import Path

import zhconv

from asr.engines.whisper_decoder import (
    FULL_CONTEXT_S,
    Decoded,
    Encoded,
    WhisperDecoder,
    seconds,
)
from asr.guards import Claim, disbelief, second_look
from asr.language_id import Odds, among_ours, best
from asr.phantoms import Phantoms
from asr.reading import ReadAsk, Reading, SketchAsk
from asr.settings import AsrSettings
from asr.tape import Waveform
from asr.writing import languages_written
from domain.language import HOTLINE_LANGUAGES, ZH, LanguageTag

log = logging.getLogger(__name__)

_LANGUAGE_CONTEXT_S = 4.0  # 98 % of 150 human windows right at 1/17 of the cost of thirty seconds
_SKETCH_LANGUAGE_AT = 0.6
_STANDS_OUT = 0.7
_TOKENS_PER_S = 14  # fast Mandarin needs 10; a loop is stopped here
_SPARE_TOKENS = 24


class WhisperReader:
    """An `UtteranceReader`. Shared by all legs; immutable once loaded."""

    def __init__(
        self, *, engine: str, decoder: WhisperDecoder, settings: AsrSettings, phantoms: Phantoms
    ) -> None:
        self._engine = engine
        self._decoder = decoder
        self._settings = settings
        self._phantoms = phantoms

    @classmethod
    def load(
        cls, *, engine: str, weights: Path, workers: int, settings: AsrSettings, phantoms: Phantoms
    ) -> "WhisperReader":
        """Raises EngineError when the weights cannot be loaded."""
        decoder = WhisperDecoder(
            weights,
            compute_type=settings.whisper.compute_type,
            threads=settings.whisper.cpu_threads,
            workers=workers,
        )
        return cls(engine=engine, decoder=decoder, settings=settings, phantoms=phantoms)

    @property
    def engine(self) -> str:
        return self._engine

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return HOTLINE_LANGUAGES

    @property
    def identifies_language(self) -> bool:
        return True

    def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        return [self._odds(self._decoder.encode(w, _LANGUAGE_CONTEXT_S)) for w in waveforms]

    def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        return [self._sketch(ask.waveform, ask.speech_ms, ask.language) for ask in asks]

    def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        return [self._read(ask) for ask in asks]

    def _sketch(self, waveform: Waveform, speech_ms: int, language: LanguageTag | None) -> str:
        encoded = self._decoder.encode(waveform, max(seconds(waveform) + 1, 5))
        if language is None:
            language, probability = best(self._odds(encoded))
            if probability < _SKETCH_LANGUAGE_AT:
                return ""
        claim = self._claim(encoded, waveform, speech_ms, language, beam=1)
        guards = self._settings.guards
        doubted = second_look(claim, guards) or disbelief(claim, guards, self._phantoms)
        return "" if doubted else _written(claim.text, language)

    def _read(self, ask: ReadAsk) -> Reading:
        waveform, speech_ms = ask.waveform, ask.speech_ms
        encoded = self._decoder.encode(waveform, max(seconds(waveform) + 2, 8))
        odds = self._odds(encoded)
        language, is_sure = ask.choose(odds)
        claim = self._careful(encoded, waveform, speech_ms, language)
        written = languages_written(claim.text)
        if language not in written:  # e.g. an English phrase of somebody who spoke Mandarin so far
            language, is_sure = _likeliest(odds, written)
            claim = self._careful(encoded, waveform, speech_ms, language)
        fault = disbelief(claim, self._settings.guards, self._phantoms)
        if fault is not None:
            log.info("reading dropped", extra={"fault": fault, "pii.text": claim.text})
        return Reading(
            text="" if fault else _written(claim.text, language),
            language=language,
            is_sure_of_language=is_sure,
            odds=odds,
            engine=self._engine,
            confidence=None if fault else min(1.0, exp(claim.log_probability)),
            fault=fault,
        )

    def _careful(
        self, encoded: Encoded, waveform: Waveform, speech_ms: int, language: LanguageTag
    ) -> Claim:
        """Read with the short context, and again with the full one where the first reading looks wrong."""
        beam, guards = self._settings.whisper.beam, self._settings.guards
        first = self._claim(encoded, waveform, speech_ms, language, beam=beam)
        if second_look(first, guards) is None:
            return first
        full = self._decoder.encode(waveform, FULL_CONTEXT_S)
        second = self._claim(full, waveform, speech_ms, language, beam=beam)
        return min((first, second), key=lambda claim: _badness(claim, second_look(claim, guards)))

    def _claim(
        self,
        encoded: Encoded,
        waveform: Waveform,
        speech_ms: int,
        language: LanguageTag,
        *,
        beam: int,
    ) -> Claim:
        max_tokens = _SPARE_TOKENS + round(seconds(waveform) * _TOKENS_PER_S)
        decoded = self._decoder.decode(
            encoded, language=language, beam=beam, max_tokens=min(max_tokens, 220)
        )
        return _claimed(decoded, speech_ms)

    def _odds(self, encoded: Encoded) -> Odds:
        return among_ours(self._decoder.languages(encoded))


def _likeliest(odds: Odds, written: Sequence[LanguageTag]) -> tuple[LanguageTag, bool]:
    """The best of the languages the letters allow, and whether it stands out among them."""
    allowed = {tag: odds[tag] for tag in written}
    language, probability = best(allowed)
    return language, probability >= _STANDS_OUT * sum(allowed.values())


def _claimed(decoded: Decoded, speech_ms: int) -> Claim:
    return Claim(
        text=decoded.text,
        speech_ms=speech_ms,
        log_probability=decoded.log_probability,
        no_speech_probability=decoded.no_speech_probability,
    )


def _badness(claim: Claim, fault: str | None) -> tuple[bool, float]:
    return (fault is not None, -claim.log_probability)


def _written(text: str, language: LanguageTag) -> str:
    """Mandarin is shown in simplified characters, whichever the network chose."""
    return zhconv.convert(text, "zh-cn") if language == ZH else text
