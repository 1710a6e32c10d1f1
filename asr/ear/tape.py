"""Keep the last stretch of one leg's sound, addressed by sample."""

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]  # (samples,) in [-1, 1]


class Tape:
    """Sound since ``start``; what nobody needs any more is forgotten, so it stays short."""

    def __init__(self, start: int = 0) -> None:
        self.start = start
        self._blocks: list[Waveform] = []
        self._samples = 0

    @property
    def end(self) -> int:
        """One past the last sample."""
        return self.start + self._samples

    def append(self, waveform: Waveform) -> None:
        if len(waveform):
            self._blocks.append(waveform)
            self._samples += len(waveform)

    def forget_before(self, sample: int) -> None:
        """Drop whole blocks that end before the sample."""
        while self._blocks and self.start + len(self._blocks[0]) <= sample:
            gone = len(self._blocks.pop(0))
            self.start += gone
            self._samples -= gone

    def cut(self, start: int, end: int) -> Waveform:
        """The sound between two samples, as far as it is still here."""
        whole = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        first = max(start - self.start, 0)
        return whole[first : max(end - self.start, first)]
