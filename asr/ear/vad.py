"""Tell speech from everything else, window by window."""

from typing import Protocol

from asr.ear.tape import Waveform

WINDOW_SAMPLES = 512  # at 16 kHz: 32 ms, fixed by the network


class SpeechDetector(Protocol):
    """One leg's detector: it remembers the windows before."""

    def probabilities(self, windows: Waveform) -> list[float]:
        """One speech probability per window. ``windows``: (n * WINDOW_SAMPLES,) at 16 kHz."""
        ...


class SpeechDetection(Protocol):
    """Makes a fresh detector for every stretch of sound."""

    def start(self) -> SpeechDetector: ...
