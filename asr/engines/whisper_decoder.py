"""Run the Whisper network on stretches shorter than its usual thirty seconds, several at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import ctranslate2
import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from asr.engines.whisper_choice import likeliest
from asr.engines.whisper_tokens import WhisperTokens
from asr.engines.whisper_weights import check_weights
from domain.errors import EngineError
from domain.language import LanguageTag

FULL_CONTEXT_S = 30.0
_FRAMES_PER_S = 100
_FIRST_WORD_WITHIN = 50  # timestamp tokens of 20 ms: the first word starts within a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """What the encoder made of some stretches of sound, one row each; opaque outside this file."""

    view: ctranslate2.StorageView
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How one row is to be written down."""

    language: LanguageTag
    hotwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How hard to look for the words. ``repetition_penalty`` of 1 is none.

    ``timestamps`` are written among the words and thrown away: another view of the same sound.
    """

    beam: int
    max_tokens: int
    timestamps: bool = True
    repetition_penalty: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The likeliest of the decoder's hypotheses; ``log_probability`` is the mean over its tokens.

    ``is_cut_off``: it was still writing when its tokens were used up.
    """

    text: str
    log_probability: float
    no_speech_probability: float
    is_cut_off: bool = False


class WhisperDecoder:
    """The loaded network; safe to call from several threads, remembers nothing between calls.

    ``device`` is ``cpu``, ``cuda`` or ``auto``; ``compute_type`` a CTranslate2 quantisation (``int8``, ``float16``).
    """

    def __init__(
        self, weights: Path, *, compute_type: str, threads: int, workers: int, device: str = "cpu"
    ) -> None:
        check_weights(weights)
        try:
            self._network = ctranslate2.models.Whisper(
                str(weights),
                device=device,
                compute_type=compute_type,
                intra_threads=threads,
                inter_threads=workers,
            )
            self._tokens = WhisperTokens(weights, is_multilingual=self._network.is_multilingual)
        except Exception as broken:
            raise EngineError(
                "asr.weights",
                f"cannot load the recogniser from {weights.name} as {compute_type} on {device} ({broken}):"
                " verify the weights, the device and the compute type",
                retryable=False,
            ) from broken
        self._spectrum = FeatureExtractor(feature_size=self._network.n_mels)

    @property
    def known_languages(self) -> tuple[LanguageTag, ...]:
        """The languages these weights write, the hotline's first; English alone for an English-only model."""
        return self._tokens.languages

    def encode(self, waveform: Waveform, context_s: float) -> Encoded:
        """Give the encoder this much context: the sound, then nothing up to ``context_s``."""
        return self.encode_batch([waveform], context_s)

    def encode_batch(self, waveforms: Sequence[Waveform], context_s: float) -> Encoded:
        """Encode several sounds at once, all with this much context, in order."""
        batch = self._batch(waveforms, min(context_s, FULL_CONTEXT_S))
        try:
            view = self._network.encode(ctranslate2.StorageView.from_array(batch))
        except RuntimeError as broken:
            _lose("encoder", broken)
        return Encoded(view=view, rows=len(waveforms))

    def languages(self, encoded: Encoded) -> list[dict[str, float]]:
        """The probability of every language the network knows, row by row."""
        if not self._network.is_multilingual:
            return [dict.fromkeys(self.known_languages, 1.0) for _ in range(encoded.rows)]
        try:
            rows = self._network.detect_language(encoded.view)
        except RuntimeError as broken:
            _lose("language detector", broken)
        return [{token.strip("<|>"): float(p) for token, p in row} for row in rows]

    def decode(self, encoded: Encoded, wishes: Sequence[Wish], search: Search) -> list[Decoded]:
        """Write down what was said, row by row.

        All rows need the same hotwords: the machine below wants their transcripts to begin at one place.
        """
        prompts = [
            list(self._tokens.prompt(wish.language, wish.hotwords, timestamps=search.timestamps))
            for wish in wishes
        ]
        try:
            results = self._network.generate(
                encoded.view,
                prompts,
                beam_size=search.beam,
                num_hypotheses=search.beam,
                max_length=_room(search.max_tokens, len(prompts[0])),
                repetition_penalty=search.repetition_penalty,
                return_scores=True,
                return_no_speech_prob=True,
                suppress_tokens=self._tokens.suppressed,
                max_initial_timestamp_index=_FIRST_WORD_WITHIN,
            )
        except RuntimeError as broken:
            _lose("decoder", broken)
        return [
            self._decoded(result, wish.language, search.max_tokens)
            for result, wish in zip(results, wishes, strict=True)
        ]

    def _decoded(
        self,
        result: ctranslate2.models.WhisperGenerationResult,
        language: LanguageTag,
        max_tokens: int,
    ) -> Decoded:
        offers = list(zip(result.sequences_ids, result.scores, strict=True))
        texts = [self._tokens.text(ids) for ids, _ in offers]
        sums = [score * len(ids) for ids, score in offers]
        place = likeliest(texts, sums, language)
        ended = len(offers[place][0]) + 1  # the end token counts too
        return Decoded(
            text=texts[place],
            log_probability=sums[place] / ended,
            no_speech_probability=result.no_speech_prob,
            is_cut_off=ended > max_tokens,
        )

    def _batch(self, waveforms: Sequence[Waveform], context_s: float) -> NDArray[np.float32]:
        """(rows, mels, frames): each sound from its start, then silence as the network knows it from its lessons.

        That is the floor of the spectrum. An empty one (zeros, as faster-whisper pads) sounds like a hum to it, and
        short sounds then end in words nobody said: 92 against 130 wrong words in 210, Russian (2026-11-22).
        """
        frames = round(context_s * _FRAMES_PER_S)
        frames += 2 * ((frames + 1) // 2 == self._network.n_mels)  # else it is encoded twice
        batch = np.zeros((len(waveforms), self._network.n_mels, frames), np.float32)
        for row, waveform in zip(batch, waveforms, strict=True):
            spectrum = self._spectrum(waveform)[:, :frames]
            row[:] = spectrum.min()
            row[:, : spectrum.shape[1]] = spectrum
        return batch


def seconds(waveform: Waveform) -> float:
    return len(waveform) / RATE_HZ


def _lose(part: str, broken: RuntimeError) -> NoReturn:
    raise EngineError(
        "asr.engine_lost", f"the recogniser's {part} failed ({broken})", retryable=True
    ) from broken


def _room(tokens: int, prompt: int) -> int:
    """CTranslate2 spends at most half of ``max_length`` on what it writes, and the prompt counts as well."""
    return max(2 * tokens, prompt + tokens)
