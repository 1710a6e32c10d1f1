"""Make recordings that a telephone system would not make."""

import struct
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

TELEPHONE_HZ = 8_000
LOUD = 0.2

Wave = NDArray[np.float64]


def a_sound(seconds: float, rate_hz: int, channels: int = 1) -> Wave:
    """Bursts of noise, as loud as speech."""
    samples = int(seconds * rate_hz)
    noise = np.random.default_rng(7).normal(0.0, LOUD, (samples, channels)).clip(-1, 1)
    bursts = np.sin(2 * np.pi * 1.5 * np.arange(samples) / rate_hz) > 0
    return np.asarray(noise * bursts[:, None])


def write_wav(
    path: Path,
    *,
    seconds: float = 1.5,
    rate_hz: int = TELEPHONE_HZ,
    channels: int = 1,
    subtype: str = "PCM_16",
) -> Path:
    soundfile.write(path, a_sound(seconds, rate_hz, channels), rate_hz, subtype=subtype)
    return path


def write_silence(path: Path) -> Path:
    soundfile.write(path, np.zeros((TELEPHONE_HZ, 2)), TELEPHONE_HZ, subtype="PCM_16")
    return path


def write_truncated(path: Path) -> Path:
    """A header that promises a minute, and a second of sound."""
    one_second, a_minute = bytes(2 * TELEPHONE_HZ), 60 * 2 * TELEPHONE_HZ
    head = struct.pack("<4sI4s", b"RIFF", 36 + a_minute, b"WAVE")
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, TELEPHONE_HZ, 2 * TELEPHONE_HZ, 2, 16)
    path.write_bytes(head + form + struct.pack("<4sI", b"data", a_minute) + one_second)
    return path


def write_text(path: Path) -> Path:
    path.write_text("This is a letter, whatever its name says.\n" * 100, encoding="utf-8")
    return path


def write_nothing(path: Path) -> Path:
    path.write_bytes(b"")
    return path
