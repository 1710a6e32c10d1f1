"""Make what else is on a telephone line: tones of the exchange, keys, fax, hum, hiss, clicks and breath."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float64]  # (samples,) in about [-1, 1]

_KEYS = {
    key: (low, high)
    for low, row in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for high, key in zip((1209, 1336, 1477, 1633), row, strict=True)
}


def cadence(
    seconds: float, hz: Sequence[float], on_off_s: Sequence[float], rate_hz: int, level: float = 0.1
) -> Wave:
    """Tones that sound and pause in turn: ``on_off_s`` = on, off, on, off … repeated (ITU-T E.180)."""
    t = _time(seconds, rate_hz)
    edges = np.cumsum(on_off_s)
    place = np.searchsorted(edges, t % edges[-1], side="right")
    tones = sum((np.sin(2 * np.pi * f * t) for f in hz), np.zeros(len(t)))
    return np.asarray(level * tones * (place % 2 == 0))


def keys(pressed: str, rate_hz: int, *, on_s: float = 0.12, off_s: float = 0.1) -> Wave:
    """Push buttons, in band (ITU-T Q.23)."""
    pieces = [cadence(on_s + off_s, _KEYS[key], (on_s, off_s), rate_hz) for key in pressed]
    return np.concatenate(pieces)


def special_information(rate_hz: int) -> Wave:
    """The three rising tones before a refusal (ITU-T E.180)."""
    pieces = [cadence(0.33, (hz,), (0.33, 0.01), rate_hz) for hz in (950, 1400, 1800)]
    return np.concatenate(pieces)


def modem(seconds: float, rate_hz: int, seed: int) -> Wave:
    """Two tones in turn, 300 times a second (ITU-T V.21): a fax that talks to another."""
    bits = np.random.default_rng(seed).integers(0, 2, size=int(seconds * 300) + 1)
    hz = np.repeat(1650 + 200 * bits, rate_hz // 300 + 1)[: round(seconds * rate_hz)]
    return np.asarray(0.15 * np.sin(2 * np.pi * np.cumsum(hz) / rate_hz))


def hum(seconds: float, rate_hz: int, *, mains_hz: float = 50, level: float = 0.02) -> Wave:
    """Mains hum with its harmonics."""
    t = _time(seconds, rate_hz)
    waves = (np.sin(2 * np.pi * n * mains_hz * t) / n for n in range(1, 9))
    return np.asarray(level * sum(waves, np.zeros(len(t))))


def hiss(seconds: float, rate_hz: int, seed: int, *, level: float, tilt: float = 0.0) -> Wave:
    """Noise whose power falls with frequency to this power: 0 white, 1 pink, 2 brown."""
    noise = np.random.default_rng(seed).normal(size=round(seconds * rate_hz))
    spectrum = np.fft.rfft(noise)
    hz = np.maximum(np.fft.rfftfreq(len(noise), 1 / rate_hz), 60)
    shaped = np.fft.irfft(spectrum * hz ** (-tilt / 2), len(noise))
    return np.asarray(level * shaped / (np.abs(shaped).std() + 1e-12))


def comfort_noise(seconds: float, rate_hz: int, seed: int) -> Wave:
    """Faint noise in steps of level every 200 ms, as RFC 3389 decoders make it."""
    rng = np.random.default_rng(seed)
    steps = 10 ** (rng.uniform(-64, -44, size=int(seconds / 0.2) + 1) / 20)
    levels = np.repeat(steps, round(0.2 * rate_hz))[: round(seconds * rate_hz)]
    return hiss(seconds, rate_hz, seed, level=1.0, tilt=1) * levels


def clicks(seconds: float, rate_hz: int, seed: int) -> Wave:
    """Crackle: sparse clicks, some of them doubled."""
    rng = np.random.default_rng(seed)
    wave = np.zeros(round(seconds * rate_hz))
    for at in rng.integers(0, len(wave), size=int(3 * seconds)):
        piece = rng.uniform(0.1, 0.9) * rng.normal(size=int(rng.integers(2, 30)))
        wave[at : at + len(piece)] += piece[: len(wave) - at]
    return wave


def breath(seconds: float, rate_hz: int, seed: int) -> Wave:
    """Somebody breathes into the mouthpiece: noise that swells and falls, with pauses."""
    t = _time(seconds, rate_hz)
    swell = np.maximum(0, np.sin(2 * np.pi * t / 3.7)) ** 2
    return np.asarray(hiss(seconds, rate_hz, seed, level=0.06, tilt=0.7) * swell)


def typing(seconds: float, rate_hz: int, seed: int) -> Wave:
    """A keyboard beside the telephone."""
    rng = np.random.default_rng(seed)
    return _sprinkled(
        seconds,
        rate_hz,
        rng,
        every_s=0.18,
        piece=lambda: (
            rng.uniform(0.02, 0.12)
            * rng.normal(size=rate_hz // 50)
            * np.exp(-np.arange(rate_hz // 50) / (0.003 * rate_hz))
        ),
    )


def knocks(seconds: float, rate_hz: int, seed: int) -> Wave:
    """The handset is put down, doors, cups: short low thuds."""
    rng = np.random.default_rng(seed)
    t = _time(0.15, rate_hz)
    return _sprinkled(
        seconds,
        rate_hz,
        rng,
        every_s=1.1,
        piece=lambda: (
            0.5 * np.sin(2 * np.pi * rng.uniform(80, 300) * t) * np.exp(-t * rng.uniform(15, 60))
        ),
    )


def _sprinkled(
    seconds: float,
    rate_hz: int,
    rng: np.random.Generator,
    *,
    every_s: float,
    piece: Callable[[], Wave],
) -> Wave:
    wave = np.zeros(round(seconds * rate_hz))
    at = 0.0
    while (at := at + float(rng.exponential(every_s))) < seconds:
        first, sound = round(at * rate_hz), piece()
        wave[first : first + len(sound)] += sound[: len(wave) - first]
    return wave


def _time(seconds: float, rate_hz: int) -> Wave:
    return np.arange(round(seconds * rate_hz)) / rate_hz
