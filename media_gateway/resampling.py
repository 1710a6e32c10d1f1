"""Change the sample rate of a stream 20 ms at a time, 3 ms late at most.

soxr's streams hold 20 to 175 ms back to work in larger blocks (1.1.0, LQ to HQ, 8 to 48 kHz); a bridge has 40 ms
for everything, so it has its own short filter.
"""

from functools import lru_cache
from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from media_gateway.metronome import BEATS_PER_S
from media_gateway.mixing import saturated

TAPS = 48  # samples of the slower rate: half of them, 3 ms at 8 kHz, is the delay
CUTOFF = 0.925  # of half the slower rate: flat to 3.4 kHz at 8 kHz
KAISER_BETA = 6.0  # 60 dB


@lru_cache(maxsize=64)
def _phases(up: int, down: int) -> NDArray[np.float32]:
    """The filter as a matrix (window, up): one column for each output sample of a group.

    Of ``down`` inputs ``up`` outputs are made. Output r stands at r * down on a grid ``up`` times finer than the
    input; input k, counted from the group's first, stands at k * up on it.
    """
    length = TAPS * max(up, down) + 1
    at = (np.arange(length) - length // 2) / max(up, down)
    prototype = CUTOFF * np.sinc(CUTOFF * at) * np.kaiser(length, KAISER_BETA)
    prototype *= up / prototype.sum()
    past = -(-length // up) - 1
    matrix = np.zeros((past + down, up), dtype=np.float32)
    for row in range(past + down):
        for r in range(up):
            tap = r * down - (row - past) * up
            if 0 <= tap < length:
                matrix[row, r] = prototype[tap]
    return matrix


class Resampler:
    """One stream's state. Takes and gives frames of exactly 20 ms, PCM16 LE mono."""

    __slots__ = ("_groups", "_matrix", "_past", "_window")

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """Both rates are divisible by 50."""
        shared = gcd(from_hz, to_hz)
        down = from_hz // shared
        self._matrix = _phases(to_hz // shared, down)
        self._past = len(self._matrix) - down
        self._window = np.zeros(self._past + from_hz // BEATS_PER_S, dtype=np.float32)
        self._groups = sliding_window_view(self._window, len(self._matrix))[::down]

    def resample(self, frame: bytes) -> bytes:
        window, past = self._window, self._past
        window[past:] = np.frombuffer(frame, dtype="<i2")
        samples = np.ascontiguousarray(self._groups) @ self._matrix
        window[:past] = window[-past:].copy()
        return saturated(np.rint(samples.ravel()))
