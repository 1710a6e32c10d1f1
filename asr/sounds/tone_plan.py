"""Recognise the tones of telephone systems by their frequencies."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from domain.passage import PassageKind

_LOW_KEYS_HZ = (697.0, 770.0, 852.0, 941.0)
_HIGH_KEYS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
_TOLERANCE = 0.012  # exchanges keep 1 %; the spectrum measures to 2 Hz
_TOLERANCE_HZ = 4.0
_BLUR_HZ = 70.0  # two tones nearer than this are one peak between them


@dataclass(frozen=True, slots=True, kw_only=True)
class TonePlan:
    """``tones``: what sounds together, in Hz, and what it says."""

    tones: tuple[tuple[tuple[float, ...], PassageKind], ...]

    def kind_of(self, peaks_hz: Sequence[float]) -> PassageKind | None:
        """What one or two pure tones are, or None for a sound of no plan."""
        return next((kind for tone, kind in self.tones if _is_heard(tone, peaks_hz)), None)


@cache
def read_tone_plan() -> TonePlan:
    """Read the plan that comes with this room."""
    table = tomllib.loads(files("asr.sounds").joinpath("tones.toml").read_text(encoding="utf-8"))
    keys = [((low, high), PassageKind.DTMF) for low in _LOW_KEYS_HZ for high in _HIGH_KEYS_HZ]
    named = [
        (tuple(float(hz) for hz in tones), PassageKind(kind))
        for kind, rows in table.items()
        for tones in rows.values()
    ]
    return TonePlan(tones=(*keys, *named))


def _is_heard(tone: tuple[float, ...], peaks_hz: Sequence[float]) -> bool:
    if not peaks_hz:
        return False
    if len(tone) == 2 and len(peaks_hz) == 1 and tone[1] - tone[0] < _BLUR_HZ:
        return tone[0] - _TOLERANCE_HZ <= peaks_hz[0] <= tone[1] + _TOLERANCE_HZ
    return len(tone) == len(peaks_hz) and all(
        abs(hz - peak) <= _TOLERANCE_HZ + _TOLERANCE * hz
        for hz, peak in zip(tone, sorted(peaks_hz), strict=True)
    )
