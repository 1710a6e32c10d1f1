"""Speak in tones, at once and always alike, for tests that need a voice and no weights."""

import hashlib
import math
from array import array

from domain.audio import Speech
from domain.errors import InputError
from domain.language import EN, ZH, LanguageTag

MS_PER_CHARACTER = 80


class FakeVoice:
    """A TextToSpeech whose tone depends on the text. ``text_of`` tells which text a speech was made from."""

    def __init__(
        self,
        *,
        languages: tuple[LanguageTag, ...] = (ZH, EN),
        ms_per_character: int = MS_PER_CHARACTER,
        sample_rate_hz: int = 8_000,
    ) -> None:
        self.languages = languages
        self._ms_per_character = ms_per_character
        self._rate_hz = sample_rate_hz
        self._texts: dict[bytes, str] = {}

    async def speak(self, text: str, *, language: LanguageTag, voice: str | None = None) -> Speech:
        if not any(char.isalnum() for char in text):
            raise InputError("tts.empty", "expected a text with words in it, got none")
        if language not in self.languages:
            raise InputError(
                "tts.language", f"expected one of {', '.join(self.languages)}, got {language!r}"
            )
        pcm = self._tone(f"{language}/{voice}/{text}", len(text) * self._ms_per_character)
        self._texts[pcm] = text
        return Speech(pcm=pcm, sample_rate_hz=self._rate_hz)

    def text_of(self, speech: Speech) -> str:
        return self._texts[speech.pcm]

    def _tone(self, seed: str, duration_ms: int) -> bytes:
        number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
        turn = 2 * math.pi * (200 + number % 1000 + number / 2**32) / self._rate_hz
        samples = max(1, duration_ms * self._rate_hz // 1000)
        return array("h", (round(8000 * math.sin(turn * n)) for n in range(samples))).tobytes()
