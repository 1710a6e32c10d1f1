"""Speak with Kokoro-82M on ONNX Runtime: Mandarin, English, French and Spanish, clause by clause, cached."""

import asyncio
import json
import re
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime
import soxr
from numpy.typing import NDArray

from domain.audio import Speech
from domain.errors import EngineError, InputError
from domain.language import EN, ZH, LanguageTag
from models.pool import InferencePool, Priority
from outbound_bot.engines.phonemes import LANGUAGES, Phonemes
from outbound_bot.engines.prompt_cache import PromptCache
from spoken_text import clauses, said

MODEL_FILE = "kokoro-v1.0.int8.onnx"
ENGINE = "kokoro-82m/v1.0-int8"
KOKORO_HZ = 24_000
LONGEST_TEXT = 2_000  # characters
LONGEST_CLAUSE = {
    "zh": 60
}  # characters; others below. Short clauses keep far from the 510 symbols Kokoro holds
LONGEST_CLAUSE_ELSEWHERE = 200
MOST_SYMBOLS = 509
PAUSE_MS = 180  # between clauses that were synthesised apart
LOUDEST = 0.95
DEFAULT_VOICES: Mapping[LanguageTag, str] = {
    ZH: "zf_xiaoxiao",
    EN: "af_heart",
    LanguageTag("fr"): "ff_siwis",
    LanguageTag("es"): "ef_dora",
}

Wave = NDArray[np.float32]  # mono, in [-1, 1]


class Kokoro:
    """A TextToSpeech. Weights are loaded for the first text that no cache knows, and shared by all calls.

    A hotline that never calls back never pays the 140 MB; nothing is kept per call.
    """

    def __init__(
        self,
        *,
        weights: Path,
        cache: Path,
        pool: InferencePool,
        sample_rate_hz: int = 8_000,
        voices: Mapping[LanguageTag, str] = DEFAULT_VOICES,
        threads: int = 1,
        speed: float = 1.0,
    ) -> None:
        """``weights`` holds the model file, ``vocab.json`` and ``voices/``. Raises EngineError("tts.weights").

        So does `speak` where the model file lies there but is damaged.
        """
        self._pool = pool
        self._cache = PromptCache(cache)
        self._rate_hz = sample_rate_hz
        self._speed = speed
        self._defaults = {tag: voice for tag, voice in voices.items() if tag in LANGUAGES}
        self._symbols = _symbols(weights / "vocab.json")
        self._voices = weights / "voices"
        self._phonemes = Phonemes()
        self._model = _present(weights / MODEL_FILE)
        self._threads = threads
        self._loaded: onnxruntime.InferenceSession | None = None
        self._loading = threading.Lock()

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return tuple(self._defaults)

    async def speak(self, text: str, *, language: LanguageTag, voice: str | None = None) -> Speech:
        """Raises InputError ("tts.empty", "tts.too_long", "tts.language", "tts.voice")."""
        self._check(text, language)
        name = voice or self._defaults[language]
        style_file = self._voice_file(name)
        spoken = await asyncio.to_thread(said, text, language)
        key = json.dumps([ENGINE, name, self._speed, self._rate_hz, language, spoken])
        # Read beside the pool: a prompt that is ready must not wait behind one that is being made.
        pcm = await asyncio.to_thread(self._cache.find, key=key)
        if pcm is None:
            pcm = await self._pool.run(
                lambda: self._made(key, spoken, language, style_file), priority=Priority.BACKGROUND
            )
        return Speech(pcm=pcm, sample_rate_hz=self._rate_hz)

    def _check(self, text: str, language: LanguageTag) -> None:
        if not any(char.isalnum() for char in text):
            raise InputError("tts.empty", "expected a text with words in it, got none")
        if len(text) > LONGEST_TEXT:
            raise InputError(
                "tts.too_long", f"expected at most {LONGEST_TEXT} characters, got {len(text)}"
            )
        if language not in self._defaults:
            raise InputError(
                "tts.language", f"expected one of {', '.join(self._defaults)}, got {language!r}"
            )

    def _voice_file(self, name: str) -> Path:
        path = self._voices / f"{name}.bin"
        if not re.fullmatch(r"[a-z]{2}_[a-z]+", name) or not path.is_file():
            raise InputError(
                "tts.voice",
                f"expected a voice of this engine such as {next(iter(self._defaults.values()))}, got {name!r}",
            )
        return path

    def _made(self, key: str, spoken: str, language: LanguageTag, style_file: Path) -> bytes:
        pcm = self._cache.find(key=key)  # somebody may have wanted the same while we waited
        if pcm is None:
            pcm = self._synthesise(spoken, language, style_file)
            self._cache.keep(pcm, key=key)
        return pcm

    def _synthesise(self, spoken: str, language: LanguageTag, style_file: Path) -> bytes:
        style = np.fromfile(style_file, "<f4").reshape(-1, 1, 256)
        pause = np.zeros(KOKORO_HZ * PAUSE_MS // 1000, np.float32)
        waves: list[Wave] = []
        longest = LONGEST_CLAUSE.get(language, LONGEST_CLAUSE_ELSEWHERE)
        for clause in clauses(spoken, longest=longest):
            waves += [self._say(clause, language, style), pause]
        return _pcm(np.concatenate(waves[:-1]), self._rate_hz)

    def _say(self, clause: str, language: LanguageTag, style: NDArray[np.float32]) -> Wave:
        symbols = self._phonemes.of(clause, language)
        tokens = [self._symbols[symbol] for symbol in symbols if symbol in self._symbols]
        waves = [
            self._infer(tokens[start : start + MOST_SYMBOLS], style)
            for start in range(0, max(1, len(tokens)), MOST_SYMBOLS)
        ]
        return np.concatenate(waves)

    def _infer(self, tokens: list[int], style: NDArray[np.float32]) -> Wave:
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[len(tokens)],
            "speed": np.array([self._speed], np.float32),
        }
        wave: Wave = self._session().run(None, inputs)[0].ravel()
        return wave

    def _session(self) -> "onnxruntime.InferenceSession":
        with self._loading:
            if self._loaded is None:
                self._loaded = _session(self._model, self._threads)
            return self._loaded


def _symbols(path: Path) -> Mapping[str, int]:
    try:
        table: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["vocab"]
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(
            "tts.weights",
            f"expected Kokoro's symbol table at {path.name}; run: hotline models pull kokoro-82m",
            retryable=False,
        ) from error
    return table


def _present(path: Path) -> Path:
    if not path.is_file():
        raise EngineError(
            "tts.weights",
            f"expected Kokoro's model at {path.name}; run: hotline models pull kokoro-82m",
            retryable=False,
        )
    return path


def _session(path: Path, threads: int) -> "onnxruntime.InferenceSession":
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise EngineError(
            "tts.weights",
            f"cannot load {path.name}; run: hotline models verify kokoro-82m",
            retryable=False,
        ) from error


def _pcm(wave: Wave, rate_hz: int) -> bytes:
    """Turned down, never clipped, where resampling overshoots."""
    resampled = soxr.resample(wave, KOKORO_HZ, rate_hz) if rate_hz != KOKORO_HZ else wave
    peak = float(np.max(np.abs(resampled), initial=0.0))
    scale = min(1.0, LOUDEST / peak) if peak else 1.0
    samples: NDArray[np.int16] = np.rint(resampled * scale * 32767).astype("<i2")
    return samples.tobytes()
