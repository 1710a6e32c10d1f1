"""Detect speech with the Silero network."""

from pathlib import Path

import numpy as np
import onnxruntime as ort

from asr.ear.tape import Waveform
from asr.ear.vad import WINDOW_SAMPLES
from domain.errors import EngineError

_CONTEXT_SAMPLES = 64  # the network also sees the end of the window before
_USUAL_LEVEL = (
    0.2  # of the loudest windows of a clear voice; at 0.12 quiet ends of words begin to get lost
)
_LEVEL_MEMORY = 0.996  # a window: halved in 5.5 s


class SileroDetection:
    """The Silero network, loaded once and shared; each leg keeps its own state.

    The ONNX network costs 0.06 ms a window on one core against 0.55 ms for the ggml build, and takes its state as
    an argument, so one copy serves all legs (measured 2026-11-21).
    """

    def __init__(self, weights: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._network = ort.InferenceSession(
                str(weights), options, providers=["CPUExecutionProvider"]
            )
        except Exception as broken:
            raise EngineError(
                "asr.vad_weights",
                f"cannot load the speech detector from {weights.name}",
                retryable=False,
            ) from broken

    def start(self) -> "SileroDetector":
        return SileroDetector(self._network)


class SileroDetector:
    """One stretch of one leg.

    A line that is loud to overload (mean level -7 dBFS behind G.711) loses up to a third of its speech here, and
    most of it comes back when it is turned down (25 clips, 2026-11-22): so what is louder than usual is heard at the
    usual level.
    """

    def __init__(self, network: ort.InferenceSession) -> None:
        self._network = network
        self._hidden = np.zeros((1, 1, 128), np.float32)
        self._cell = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self._level = 0.0  # of the loudest windows lately

    def probabilities(self, windows: Waveform) -> list[float]:
        rows = windows.reshape(-1, WINDOW_SAMPLES)
        tails = np.vstack([self._context, rows[:-1, -_CONTEXT_SAMPLES:]])
        self._context = rows[-1, -_CONTEXT_SAMPLES:].copy()
        heard = np.hstack([tails, rows]) * self._gains(rows)
        feed = {"input": heard, "h": self._hidden, "c": self._cell}
        try:
            speech, self._hidden, self._cell = self._network.run(None, feed)
        except Exception as broken:
            raise EngineError(
                "asr.vad_lost", "the speech detector failed on a window", retryable=True
            ) from broken
        return [float(p) for p in np.ravel(speech)]

    def _gains(self, rows: Waveform) -> Waveform:
        """What turns each window down to the usual level, never up; (windows, 1)."""
        levels = np.sqrt(np.mean(rows**2, axis=1))
        gains = np.ones((len(rows), 1), np.float32)
        for number, level in enumerate(levels):
            self._level = max(float(level), self._level * _LEVEL_MEMORY)
            if self._level > _USUAL_LEVEL:
                gains[number] = _USUAL_LEVEL / self._level
        return gains
