"""Watch which partials of a sound keep their pitch, window by window.

Notes stand still and speech glides: horizontal bars in the spectrogram tell music from speech even through a telephone
(after "continuous frequency activation", Seyerlehner et al., Automatic music detection in television productions,
DAFx 2007; here with partials followed from window to window instead of a picture of two seconds).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from asr.ear.vad import WINDOW_SAMPLES

_FRAME = 2 * WINDOW_SAMPLES  # 64 ms, so that tones 70 Hz apart are two
_BIN_HZ = RATE_HZ / _FRAME
_FIRST, _LAST = 6, 225  # 94 Hz to 3.5 kHz: what a telephone carries
_BINS = _LAST - _FIRST
_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / _FRAME)).astype(np.float32)
_PEAK_SHARE = 3e-4  # a partial 35 dB below the whole is not counted
_DRIFT, _DRIFT_HZ = 0.006, 3.0  # a tenth of a semitone, or what the spectrum cannot tell apart
_STEADY_RUN, _HELD_RUN = 3, 4  # windows; four of them reach over 160 ms
_BESIDE = np.array((-4, -3, 3, 4))  # bins
_TALL = 6.0
_SECOND_SHARE = 0.06  # Q.24: the weaker tone of a key is at most 8 dB below, here 12
_SILENT = 1e-7  # mean square: -70 dB


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What one window of 32 ms, heard with the one before it, looks like.

    ``steady`` and ``held`` are shares of the power in partials that kept their pitch for three or four windows and
    stand out; ``still`` is as ``held``, but for peaks of any kind;
    ``purity`` is the share of the two strongest peaks, which are ``peaks_hz`` (one, if the second is far weaker),
    lowest first; ``pitch_hz`` is the strongest partial that is steady.
    """

    level_db: float
    steady: float
    held: float
    still: float
    purity: float
    peaks_hz: tuple[float, ...]
    pitch_hz: float | None


_QUIET = Frame(
    level_db=-100.0, steady=0.0, held=0.0, still=0.0, purity=0.0, peaks_hz=(), pitch_hz=None
)
Row = NDArray[np.float32]


class Spectra:
    """The partials of one unbroken stretch of sound."""

    def __init__(self) -> None:
        self._before = np.zeros(WINDOW_SAMPLES, np.float32)
        self._hz = np.zeros(_BINS + 2, np.float32)  # of the peak in each bin, 0 where there is none
        self._runs = np.zeros(_BINS + 2, np.int16)  # how many windows that partial has lasted

    def feed(self, windows: Waveform) -> list[Frame]:
        """One frame per window. ``windows``: float32 (n * WINDOW_SAMPLES,) at 16 kHz."""
        rows = windows.reshape(-1, WINDOW_SAMPLES)
        befores = np.vstack([self._before, rows[:-1]])
        self._before = rows[-1].copy()
        power = np.abs(np.fft.rfft(np.hstack([befores, rows]) * _HANN, axis=1)) ** 2
        energies = np.einsum("ij,ij->i", rows, rows) / WINDOW_SAMPLES
        return [self._frame(row, float(e)) for row, e in zip(power, energies, strict=True)]

    def _frame(self, power: Row, mean_square: float) -> Frame:
        if mean_square < _SILENT:
            self._hz[:] = 0
            self._runs[:] = 0
            return _QUIET
        band = power[_FIRST:_LAST]
        total = float(band.sum()) + 1e-12
        left, right = power[_FIRST - 1 : _LAST - 1], power[_FIRST + 1 : _LAST + 1]
        at = np.flatnonzero((band > left) & (band >= right) & (band > total * _PEAK_SHARE))
        hz = _between_bins(power, at)
        runs = self._followed(at, hz)
        shares = (left[at] + band[at] + right[at]) / total
        purity, peaks = _strongest(shares, hz)
        is_steady = (runs >= _STEADY_RUN) & _stands_out(power, at)
        return Frame(
            level_db=10 * float(np.log10(mean_square)),
            steady=min(1.0, float(shares[is_steady].sum())),
            held=min(1.0, float(shares[is_steady & (runs >= _HELD_RUN)].sum())),
            still=min(1.0, float(shares[runs >= _HELD_RUN].sum())),
            purity=purity,
            peaks_hz=peaks,
            pitch_hz=float(hz[(shares * is_steady).argmax()]) if is_steady.any() else None,
        )

    def _followed(self, at: NDArray[np.intp], hz: Row) -> NDArray[np.int16]:
        """For each peak, how many windows it has now kept its pitch; remembers them for the next window."""
        near = at[:, None] + np.arange(
            3
        )  # the same bin and its neighbours, one place up for the margin
        drift = np.maximum(_DRIFT_HZ, _DRIFT * hz)[:, None]
        same = np.abs(self._hz[near] - hz[:, None]) < drift
        runs: NDArray[np.int16] = (1 + (self._runs[near] * same).max(axis=1, initial=0)).astype(
            np.int16
        )
        self._hz[:] = 0
        self._runs[:] = 0
        self._hz[at + 1], self._runs[at + 1] = hz, runs
        return runs


def _stands_out(power: Row, at: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Noise is full of low peaks that meet by chance; a partial towers over what lies 50 Hz beside it."""
    around = power[at[:, None] + (_FIRST + _BESIDE)].mean(axis=1)
    tall: NDArray[np.bool_] = power[at + _FIRST] > _TALL * around
    return tall


def _between_bins(power: Row, at: NDArray[np.intp]) -> Row:
    """The frequency of each peak, from the parabola through the logarithms of three bins."""
    logs = np.log(power[at[:, None] + np.arange(_FIRST - 1, _FIRST + 2)] + 1e-12)
    bend = np.minimum(logs[:, 0] - 2 * logs[:, 1] + logs[:, 2], -1e-6)
    offset = np.clip(0.5 * (logs[:, 0] - logs[:, 2]) / bend, -0.5, 0.5)
    found: Row = ((at + _FIRST + offset) * _BIN_HZ).astype(np.float32)
    return found


def _strongest(shares: Row, hz: Row) -> tuple[float, tuple[float, ...]]:
    if not len(shares):
        return 0.0, ()
    order = np.argsort(shares)[::-1][:2]
    top = [(float(shares[i]), float(hz[i])) for i in order]
    loud = [(share, f) for share, f in top if share >= _SECOND_SHARE * top[0][0]]
    return min(1.0, sum(share for share, _ in loud)), tuple(sorted(f for _, f in loud))
