"""Stand in for the two networks of the recognition room: one hears loudness, one reads from a script."""

from collections.abc import Callable, Sequence

import numpy as np

from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.ear.tape import Waveform
from asr.ear.vad import WINDOW_SAMPLES
from asr.language.identification import Odds
from domain.language import HOTLINE_LANGUAGES, ZH, LanguageTag

_LOUD = 0.01


class LoudnessDetection:
    """Takes anything loud for speech."""

    def start(self) -> "LoudnessDetection":
        return self

    def probabilities(self, windows: Waveform) -> list[float]:
        rows = windows.reshape(-1, WINDOW_SAMPLES)
        return [0.9 if level > _LOUD else 0.05 for level in np.sqrt((rows**2).mean(axis=1))]


def sure_of(language: LanguageTag, probability: float = 0.97) -> dict[LanguageTag, float]:
    """Odds that favour one language and share the rest out evenly."""
    rest = (1 - probability) / (len(HOTLINE_LANGUAGES) - 1)
    return {tag: probability if tag == language else rest for tag in HOTLINE_LANGUAGES}


class ScriptedReader:
    """An `UtteranceReader` that says by pitch what it is told; a pitch it does not know is nothing.

    ``words`` maps a tone's frequency in Hz to what it says, so that two legs can be told apart. Sketches show as
    many words as there was speech for. ``on_read`` runs on the worker thread before every careful reading.
    """

    def __init__(
        self,
        words: dict[int, str],
        *,
        odds: Odds | None = None,
        on_read: Callable[[], None] = lambda: None,
    ) -> None:
        self._words = words
        self._odds = odds or sure_of(ZH)
        self._on_read = on_read
        self.read_seconds: list[float] = []

    engine = "scripted-reader"
    languages: tuple[LanguageTag, ...] = HOTLINE_LANGUAGES
    identifies_language = True

    def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        return [self._odds for _ in waveforms]

    def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        return [self._said(ask.waveform)[: max(1, ask.speech_ms // 400)] for ask in asks]

    def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        return [self.read_one(ask) for ask in asks]

    def read_one(self, ask: ReadAsk) -> Reading:
        self._on_read()
        self.read_seconds.append(len(ask.waveform) / 16_000)
        language, is_sure = ask.choose(self._odds)
        return Reading(
            text=self._said(ask.waveform),
            language=language,
            is_sure_of_language=is_sure,
            odds=self._odds,
            engine=self.engine,
            confidence=0.8,
        )

    def _said(self, waveform: Waveform) -> str:
        return " ".join(self._words[hz] for hz in _pitches(waveform) if hz in self._words)


def _pitches(waveform: Waveform) -> Sequence[int]:
    """The loudest frequencies, rounded to 10 Hz, that stand out, highest level first."""
    if not len(waveform):
        return []
    spectrum = np.abs(np.fft.rfft(waveform))
    hz = np.fft.rfftfreq(len(waveform), 1 / 16_000)
    loudest = spectrum.argmax()
    return [round(hz[loudest] / 10) * 10] if spectrum[loudest] > len(waveform) * _LOUD / 4 else []
