"""Make music that nobody owns: tunes, chords, drums and wordless singing, the same for the same seed."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float64]  # (samples,) in about [-1, 1]

_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_VOWELS_HZ = ((730, 1090, 2440), (530, 1840, 2480), (300, 870, 2240), (270, 2290, 3010))
_VIBRATO_HZ = 5.4


class Timbre(StrEnum):
    """What plays. ``SUNG`` is a glottal buzz through the formants of vowels, with vibrato and slides."""

    STRUCK = "struck"
    PLUCKED = "plucked"
    BOWED = "bowed"
    BLOWN = "blown"
    ORGAN = "organ"
    SUNG = "sung"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """``key``: semitones from A at 440 Hz."""

    start_s: float
    length_s: float
    key: int

    @property
    def hz(self) -> float:
        return float(440 * 2 ** (self.key / 12))


def tune(seed: int, seconds: float, timbre: Timbre, rate_hz: int) -> Wave:
    """One voice alone."""
    rng = np.random.default_rng(seed)
    return _played(_melody(rng, seconds), timbre, seconds, rate_hz, rng)


def band(seed: int, seconds: float, timbre: Timbre, rate_hz: int) -> Wave:
    """A voice over chords and drums."""
    rng = np.random.default_rng(seed)
    lead = _played(_melody(rng, seconds), timbre, seconds, rate_hz, rng)
    under = _played(_chords(rng, seconds), Timbre.STRUCK, seconds, rate_hz, rng)
    return _levelled(0.5 * lead + 0.5 * under + 0.35 * drums(seed, seconds, rate_hz))


def arpeggio(seed: int, seconds: float, rate_hz: int) -> Wave:
    """Broken chords, as telephone systems play from a chip."""
    rng = np.random.default_rng(seed)
    step = 0.16
    keys = [-9 + _MAJOR[(2 * at) % 7] + 12 * (at % 3 == 2) for at in range(int(seconds / step))]
    notes = [Note(start_s=at * step, length_s=step, key=key) for at, key in enumerate(keys)]
    return _played(notes, Timbre.ORGAN, seconds, rate_hz, rng)


def drums(seed: int, seconds: float, rate_hz: int) -> Wave:
    """A loop of bass drum, snare and hat."""
    rng = np.random.default_rng(seed)
    wave = np.zeros(round(seconds * rate_hz))
    for beat in range(int(seconds / 0.25)):
        hat = 0.2 * rng.normal(size=rate_hz // 25) * np.exp(-np.arange(rate_hz // 25) / 80)
        _add(wave, beat * 0.25, hat, rate_hz)
        if beat % 2 == 0:
            _add(wave, beat * 0.25, _thud(rng, rate_hz, is_snare=beat % 4 == 2), rate_hz)
    return _levelled(wave)


def chime(rate_hz: int, keys: tuple[int, ...] = (7, 3)) -> Wave:
    """Ding-dong, as before an announcement."""
    notes = [Note(start_s=0.6 * at, length_s=1.2, key=key) for at, key in enumerate(keys)]
    rng = np.random.default_rng(1)
    return _played(notes, Timbre.STRUCK, 0.6 * len(keys) + 1, rate_hz, rng)


def _melody(rng: np.random.Generator, seconds: float) -> list[Note]:
    beat = 60 / rng.uniform(72, 132)
    lengths = beat * rng.choice([0.5, 0.5, 1, 1, 1.5, 2], size=int(seconds / beat) + 8)
    starts = [0.0, *accumulate(lengths)]
    degrees = np.clip(np.cumsum(rng.integers(-3, 4, size=len(lengths))), -5, 9)
    root = int(rng.integers(-9, 1))
    keys = [root + 12 * (int(d) // 7) + _MAJOR[int(d) % 7] for d in degrees]
    return [
        Note(start_s=start, length_s=float(length), key=key)
        for start, length, key in zip(starts, lengths, keys, strict=False)
        if start < seconds
    ]


def _chords(rng: np.random.Generator, seconds: float) -> list[Note]:
    bar = 2.0
    return [
        Note(start_s=at * bar, length_s=bar, key=-21 + _MAJOR[(degree + third) % 7])
        for at, degree in enumerate(rng.choice([0, 3, 4, 5], size=int(seconds / bar) + 1))
        for third in (0, 2, 4)
    ]


def _played(
    notes: list[Note], timbre: Timbre, seconds: float, rate_hz: int, rng: np.random.Generator
) -> Wave:
    wave = np.zeros(round(seconds * rate_hz))
    before = notes[0].hz if notes else 440.0
    for note in notes:
        _add(wave, note.start_s, _sounded(note, before, timbre, rate_hz, rng), rate_hz)
        before = note.hz
    return _levelled(wave)


def _sounded(
    note: Note, before_hz: float, timbre: Timbre, rate_hz: int, rng: np.random.Generator
) -> Wave:
    t = np.arange(round(note.length_s * rate_hz)) / rate_hz
    hz = np.full(len(t), note.hz)
    if timbre in (Timbre.BOWED, Timbre.BLOWN, Timbre.SUNG):
        depth = 0.012 * np.minimum(1, t / 0.3)
        hz *= 1 + depth * np.sin(2 * np.pi * _VIBRATO_HZ * t)
    if timbre is Timbre.SUNG:
        hz += (before_hz - note.hz) * np.exp(-t / 0.04)
    phase = 2 * np.pi * np.cumsum(hz) / rate_hz
    wave = np.zeros(len(t))
    vowel = _VOWELS_HZ[int(rng.integers(len(_VOWELS_HZ)))]
    for n in range(1, int(0.45 * rate_hz / note.hz) + 1):
        wave += _partial(timbre, n, n * note.hz, vowel) * np.sin(n * phase) * _decay(timbre, n, t)
    if timbre in (Timbre.BLOWN, Timbre.SUNG):
        wave += 0.01 * rng.normal(size=len(t))
    fade = np.minimum(1, np.minimum(t / 0.012, np.maximum(0, note.length_s - t) / 0.03))
    return wave * fade


def _partial(timbre: Timbre, n: int, hz: float, vowel: tuple[int, ...]) -> float:
    match timbre:
        case Timbre.SUNG:
            gain = sum(1 / (1 + ((hz - formant) / 90) ** 2) for formant in vowel)
            return gain / float(n**0.5)
        case Timbre.BLOWN:
            return 1 / n if n % 2 else 0.3 / n
        case Timbre.ORGAN:
            return 1.0 if n in (1, 2, 4) else 0.0
        case _:
            return 1 / float(n**1.3)


def _decay(timbre: Timbre, n: int, t: Wave) -> Wave | float:
    match timbre:
        case Timbre.STRUCK:
            return np.exp(-t * (1.2 + 0.5 * n))
        case Timbre.PLUCKED:
            return np.exp(-t * (3 + 1.5 * n))
        case _:
            return 1.0


def _thud(rng: np.random.Generator, rate_hz: int, *, is_snare: bool) -> Wave:
    t = np.arange(rate_hz // 6) / rate_hz
    if is_snare:
        return 0.5 * rng.normal(size=len(t)) * np.exp(-t * 28)
    return np.sin(2 * np.pi * 70 * t * np.exp(-3 * t)) * np.exp(-t * 18)


def _add(wave: Wave, start_s: float, piece: Wave, rate_hz: int) -> None:
    at = round(start_s * rate_hz)
    room = max(0, len(wave) - at)
    wave[at : at + len(piece)] += piece[:room]


def _levelled(wave: Wave) -> Wave:
    loudest = float(np.abs(wave).max()) if len(wave) else 0.0
    return 0.4 * wave / loudest if loudest else wave
