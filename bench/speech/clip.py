"""Bring a labelled stretch of a recording into the form a telephone would have brought it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from asr.sound_file import sound_blocks, sound_format
from bench.speech.manifest import Row
from domain.errors import InputError
from media_gateway.codecs import (
    PCM16,
    alaw_to_pcm16,
    pcm16_to_alaw,
    pcm16_to_ulaw,
    rounded_pcm16,
    ulaw_to_pcm16,
)

Waveform = NDArray[np.float32]  # (samples,) in [-1, 1]
TELEPHONE_HZ = 8_000
WIDE_HZ = 16_000
_FULL_SCALE = np.float32(32_768)


class Codec(StrEnum):
    """What lies between the speaker and us. The product itself brings 8 kHz up again, as on a live call."""

    NONE = "none"  # 16 kHz
    G711 = "g711"  # 8 kHz µ-law, ITU-T G.711
    G711A = "g711a"  # 8 kHz A-law

    @property
    def rate_hz(self) -> int:
        return WIDE_HZ if self is Codec.NONE else TELEPHONE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One stretch of sound: ``pcm`` signed 16-bit little-endian mono."""

    pcm: bytes
    rate_hz: int

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / PCM16.itemsize / self.rate_hz

    def at_16k(self) -> Waveform:
        """The same sound for a library that wants float32 (samples,) at 16 kHz."""
        wave = np.frombuffer(self.pcm, PCM16).astype(np.float32) / _FULL_SCALE
        if self.rate_hz == WIDE_HZ:
            return wave
        return np.ascontiguousarray(soxr.resample(wave, self.rate_hz, WIDE_HZ), np.float32)


def load_clip(row: Row, codec: Codec) -> Clip:
    """The mean of all channels, cut and coded. Raises InputError naming the row's line."""
    try:
        wave, rate_hz = _mono(row.path, row.start_s or 0.0, row.end_s)
    except InputError as error:
        raise InputError(error.code, f"line {row.line}: {error.message}") from None
    if not len(wave):
        raise InputError(
            "manifest.row",
            f"line {row.line}: expected sound between {row.start_s} s and {row.end_s} s, but {row.path} ends before",
        )
    return Clip(pcm=through(codec, wave, rate_hz), rate_hz=codec.rate_hz)


def through(codec: Codec, wave: Waveform, rate_hz: int) -> bytes:
    """What is left of a sound behind the codec, at the codec's rate."""
    level = wave if rate_hz == codec.rate_hz else soxr.resample(wave, rate_hz, codec.rate_hz)
    pcm = rounded_pcm16(level * _FULL_SCALE)
    if codec is Codec.G711:
        return ulaw_to_pcm16(pcm16_to_ulaw(pcm))
    if codec is Codec.G711A:
        return alaw_to_pcm16(pcm16_to_alaw(pcm))
    return pcm


def _mono(path: Path, start_s: float, end_s: float | None) -> tuple[Waveform, int]:
    """(float32 (samples,), its rate) of one stretch."""
    rate_hz = sound_format(path).rate_hz
    first = round(start_s * rate_hz)
    wanted = None if end_s is None else round(end_s * rate_hz) - first
    blocks: list[Waveform] = []
    for block in sound_blocks(path, first=first):
        blocks.append(block.mean(axis=1, dtype=np.float32))
        if wanted is not None and sum(map(len, blocks)) >= wanted:
            break
    return np.concatenate([np.zeros(0, np.float32), *blocks])[:wanted], rate_hz
