"""Bring one leg's sound to 16 kHz without losing count of its samples."""

from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from asr.ear.tape import Waveform

RATE_HZ = 16_000
_HALF_RATE_HZ = RATE_HZ // 2
_FULL_SCALE = np.float32(32_768)
_REACH = 16  # samples on each side that a new sample is made from: 2 ms at 8 kHz
_KAISER_BETA = 8.0  # 80 dB; telephone sound has 40


class _Stream(Protocol):
    """A converter that remembers the sound before."""

    def feed(self, waveform: Waveform, *, last: bool) -> Waveform: ...


class Resampler:
    """A streaming converter for one unbroken stretch of sound; a stretch after a hole needs a new one.

    Output sample n belongs to input time n / 16 kHz: the filter's delay is held back, not shifted in. Telephone sound
    at 8 kHz waits 2 ms; other rates go through soxr, which hands out blocks of up to 110 ms (measured, quality MQ).
    """

    def __init__(self, rate_hz: int) -> None:
        self._stream = _stream(rate_hz)

    def feed(self, pcm: bytes) -> Waveform:
        return self._stream.feed(_waveform(pcm), last=False)

    def flush(self) -> Waveform:
        """What the filter still holds. Nothing may be fed afterwards."""
        return self._stream.feed(np.zeros(0, np.float32), last=True)


class _Same:
    """Sound that is at 16 kHz already."""

    def feed(self, waveform: Waveform, *, last: bool) -> Waveform:
        return waveform


class _Doubled:
    """Keep every sample and put one between each two: a half-band filter, a windowed sinc (Kaiser)."""

    def __init__(self) -> None:
        self._taps = _half_band_taps()
        self._held = np.zeros(
            _REACH - 1, np.float32
        )  # what lies before a sample that is not yet given out

    def feed(self, waveform: Waveform, *, last: bool) -> Waveform:
        ahead = np.zeros(_REACH if last else 0, np.float32)
        known = np.concatenate([self._held, waveform, ahead])
        given = len(known) - (2 * _REACH - 1)
        if given <= 0:
            self._held = known
            return np.zeros(0, np.float32)
        doubled = np.empty(2 * given, np.float32)
        doubled[0::2] = known[_REACH - 1 : _REACH - 1 + given]
        doubled[1::2] = np.convolve(known, self._taps, mode="valid")
        self._held = known[given:]
        return doubled


class _AnyRate:
    """Every other rate."""

    def __init__(self, rate_hz: int) -> None:
        self._soxr = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="MQ")

    def feed(self, waveform: Waveform, *, last: bool) -> Waveform:
        converted: Waveform = self._soxr.resample_chunk(waveform, last=last)
        return converted


def at_16k(sample: int, rate_hz: int) -> int:
    """Where a leg's sample lies when counted at 16 kHz."""
    return sample * RATE_HZ // rate_hz


def _stream(rate_hz: int) -> _Stream:
    if rate_hz == RATE_HZ:
        return _Same()
    return _Doubled() if rate_hz == _HALF_RATE_HZ else _AnyRate(rate_hz)


def _half_band_taps() -> NDArray[np.float32]:
    """What each of the samples around adds to the one in the middle between them; they sum to one."""
    away = np.arange(-_REACH, _REACH) + 0.5
    taps = np.sinc(away) * np.kaiser(2 * _REACH, _KAISER_BETA)
    scaled: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return scaled


def _waveform(pcm: bytes) -> Waveform:
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / _FULL_SCALE
