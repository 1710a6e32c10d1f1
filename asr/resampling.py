"""Bring one leg's sound to 16 kHz without losing count of its samples."""

import numpy as np
import soxr

from asr.tape import Waveform

RATE_HZ = 16_000
_FULL_SCALE = np.float32(32_768)


class Resampler:
    """A streaming converter for one unbroken stretch of sound; a stretch after a hole needs a new one.

    Output sample n belongs to input time n / 16 kHz: the filter's delay is held back, not shifted in. It hands out
    blocks of up to 110 ms (measured at 8 kHz, quality MQ).
    """

    def __init__(self, rate_hz: int) -> None:
        self._stream = (
            None
            if rate_hz == RATE_HZ
            else soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="MQ")
        )

    def feed(self, pcm: bytes) -> Waveform:
        return self._convert(_waveform(pcm), last=False)

    def flush(self) -> Waveform:
        """What the filter still holds. Nothing may be fed afterwards."""
        return self._convert(np.zeros(0, np.float32), last=True)

    def _convert(self, waveform: Waveform, *, last: bool) -> Waveform:
        if self._stream is None:
            return waveform
        converted: Waveform = self._stream.resample_chunk(waveform, last=last)
        return converted


def at_16k(sample: int, rate_hz: int) -> int:
    """Where a leg's sample lies when counted at 16 kHz."""
    return sample * RATE_HZ // rate_hz


def _waveform(pcm: bytes) -> Waveform:
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / _FULL_SCALE
