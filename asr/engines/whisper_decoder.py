"""Run the Whisper network on stretches shorter than its usual thirty seconds."""

from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
import tokenizers
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens

from asr.resampling import RATE_HZ
from asr.tape import Waveform
from domain.errors import EngineError
from domain.language import HOTLINE_LANGUAGES, LanguageTag

FULL_CONTEXT_S = 30.0
_FRAMES_PER_S = 100
_FIRST_WORD_WITHIN = 50  # timestamp tokens of 20 ms: the first word starts within a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """What the encoder made of a stretch of sound; opaque outside this file."""

    view: ctranslate2.StorageView


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The decoder's best hypothesis; ``log_probability`` is the mean over its tokens."""

    text: str
    log_probability: float
    no_speech_probability: float


class WhisperDecoder:
    """The loaded network; safe to call from several threads, remembers nothing between calls."""

    def __init__(self, weights: Path, *, compute_type: str, threads: int, workers: int) -> None:
        try:
            self._network = ctranslate2.models.Whisper(
                str(weights),
                compute_type=compute_type,
                intra_threads=threads,
                inter_threads=workers,
            )
            tokenizer = tokenizers.Tokenizer.from_file(str(weights / "tokenizer.json"))
        except Exception as broken:
            raise EngineError(
                "asr.weights",
                f"cannot load the recogniser from {weights.name}: verify the weights",
                retryable=False,
            ) from broken
        self._features = FeatureExtractor(feature_size=self._network.n_mels)
        self._tokenizers = {tag: _tokenizer(tokenizer, tag) for tag in HOTLINE_LANGUAGES}
        self._suppressed = list(get_suppressed_tokens(self._tokenizers[HOTLINE_LANGUAGES[0]], [-1]))

    def encode(self, waveform: Waveform, context_s: float) -> Encoded:
        """Give the encoder this much context: the sound, then nothing up to ``context_s``."""
        frames = round(min(context_s, FULL_CONTEXT_S) * _FRAMES_PER_S)
        spectrum = self._features(waveform)[:, :frames]
        padded = np.pad(spectrum, ((0, 0), (0, frames - spectrum.shape[1])))
        batch = np.ascontiguousarray(padded[np.newaxis], dtype=np.float32)
        try:
            return Encoded(view=self._network.encode(ctranslate2.StorageView.from_array(batch)))
        except RuntimeError as broken:
            raise _lost("encoder") from broken

    def languages(self, encoded: Encoded) -> dict[str, float]:
        """The probability of every language the network knows."""
        try:
            ranked = self._network.detect_language(encoded.view)[0]
        except RuntimeError as broken:
            raise _lost("language detector") from broken
        return {token.strip("<|>"): float(probability) for token, probability in ranked}

    def decode(
        self, encoded: Encoded, *, language: LanguageTag, beam: int, max_tokens: int
    ) -> Decoded:
        """Write down what was said. Timestamp tokens stay on: they let it stop where the speech stops."""
        tokenizer = self._tokenizers[language]
        prompt = list(tokenizer.sot_sequence)
        try:
            result = self._network.generate(
                encoded.view,
                [prompt],
                beam_size=beam,
                max_length=len(prompt) + max_tokens,
                return_scores=True,
                return_no_speech_prob=True,
                suppress_tokens=self._suppressed,
                max_initial_timestamp_index=_FIRST_WORD_WITHIN,
            )[0]
        except RuntimeError as broken:
            raise _lost("decoder") from broken
        ids = result.sequences_ids[0]
        return Decoded(
            text=tokenizer.decode(ids).strip(),
            log_probability=result.scores[0]
            * len(ids)
            / (len(ids) + 1),  # the end token counts too
            no_speech_probability=result.no_speech_prob,
        )


def seconds(waveform: Waveform) -> float:
    return len(waveform) / RATE_HZ


def _tokenizer(tokenizer: tokenizers.Tokenizer, language: LanguageTag) -> Tokenizer:
    return Tokenizer(tokenizer, True, task="transcribe", language=language)


def _lost(part: str) -> EngineError:
    return EngineError("asr.engine_lost", f"the recogniser's {part} failed", retryable=True)
