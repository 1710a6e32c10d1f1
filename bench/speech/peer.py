"""Run the plain library that everybody would take, as it is shipped, on the same sound."""

from pathlib import Path
from typing import Any, Protocol

from bench.speech.clip import Clip, Waveform
from bench.speech.stretches import Stretch

WIDE_PER_MS = 16  # samples at 16 kHz


class Peer(Protocol):
    """Somebody to be compared with."""

    @property
    def name(self) -> str: ...

    def transcribe(self, clip: Clip, language: str | None) -> str: ...


class PlainWhisper:
    """faster-whisper with its defaults, beam 5: thirty seconds of encoder for every clip, no detector before it."""

    def __init__(self, weights: Path, *, cpu_threads: int) -> None:
        from faster_whisper import WhisperModel

        self._model: Any = WhisperModel(
            str(weights), device="cpu", compute_type="int8", cpu_threads=cpu_threads
        )
        self._known = frozenset(self._model.supported_languages)
        self.name = f"faster-whisper {weights.name} int8, beam 5, {cpu_threads} threads"

    def transcribe(self, clip: Clip, language: str | None) -> str:
        """The words; a language that the network has no token for is left to it to find."""
        told = language if language in self._known else None
        segments, _ = self._model.transcribe(clip.at_16k(), language=told, beam_size=5)
        return " ".join(segment.text.strip() for segment in segments)

    def language(self, clip: Clip) -> str:
        """What it takes the clip's language for, among all it knows."""
        language, _, _ = self._model.detect_language(clip.at_16k())
        return str(language)


def plain_speech(waveform: Waveform, **options: int) -> tuple[Stretch, ...]:
    """Where Silero, as faster-whisper bundles and tunes it, hears speech."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    found = get_speech_timestamps(waveform, VadOptions(**options))
    return tuple((one["start"] // WIDE_PER_MS, one["end"] // WIDE_PER_MS) for one in found)
