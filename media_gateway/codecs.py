"""Turn telephone encodings into signed 16-bit samples and back, by table.

G.711 follows ITU-T G.711 as the ITU's reference software does it: 16-bit samples whose 14 (µ-law) or 13 (A-law)
upper bits count, negative values in one's complement.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache

import numpy as np
import soxr
from numpy.typing import NDArray

from domain.errors import InputError

PCM16 = np.dtype("<i2")

_ULAW_BIAS = 33
_ULAW_TOP = 0x1FFF
_ALAW_MASK = 0x55  # every other bit is sent inverted


class Encoding(StrEnum):
    """How a wire writes its samples."""

    L16 = "l16"  # 16-bit little-endian, as inside the house
    L16_BE = "l16_be"  # 16-bit in network byte order (RFC 3551 section 4.5.11)
    PCMU = "pcmu"
    PCMA = "pcma"

    @property
    def sample_bytes(self) -> int:
        return 2 if self in (Encoding.L16, Encoding.L16_BE) else 1


def decoded(sound: bytes, encoding: Encoding) -> bytes:
    """16-bit little-endian samples. Raises InputError when a sample is cut."""
    return _DECODERS[encoding](sound)


def encoded(pcm: bytes, encoding: Encoding) -> bytes:
    return _ENCODERS[encoding](pcm)


def ulaw_to_pcm16(encoded: bytes) -> bytes:
    return _ulaw_expanded()[np.frombuffer(encoded, np.uint8)].tobytes()


def alaw_to_pcm16(encoded: bytes) -> bytes:
    return _alaw_expanded()[np.frombuffer(encoded, np.uint8)].tobytes()


def pcm16_to_ulaw(pcm: bytes) -> bytes:
    return _ulaw_compressed()[_samples(pcm).view(np.uint16)].tobytes()


def pcm16_to_alaw(pcm: bytes) -> bytes:
    return _alaw_compressed()[_samples(pcm).view(np.uint16)].tobytes()


def deinterleaved(pcm: bytes | bytearray | memoryview, channels: int) -> tuple[bytes, ...]:
    """One channel after the other out of L R L R …; raises InputError when a sample is cut."""
    if channels == 1:
        return (bytes(pcm),)
    frames = _samples(pcm, channels).reshape(-1, channels)
    return tuple(frames[:, channel].tobytes() for channel in range(channels))


def interleaved(channels: tuple[bytes, ...]) -> bytes:
    """L R L R … out of channels of equal length."""
    if len(channels) == 1:
        return channels[0]
    return np.stack([_samples(channel) for channel in channels], axis=1).tobytes()


def _samples(pcm: bytes | bytearray | memoryview, channels: int = 1) -> NDArray[np.int16]:
    if len(pcm) % (2 * channels):
        raise InputError(
            "media_gateway.odd_bytes",
            f"expected whole 16-bit samples of {channels} channel(s), got {len(pcm)} bytes",
        )
    return np.frombuffer(pcm, PCM16)


def _every_sample() -> NDArray[np.int64]:
    """All 16-bit values in the order of their unsigned reading, so that a sample's bits are its index."""
    return np.arange(1 << 16, dtype=np.uint16).view(np.int16).astype(np.int64)


def _magnitude(samples: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(samples < 0, ~samples, samples)


def _bit_length(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.frexp(values.astype(np.float64))[1].astype(np.int64)


@cache
def _ulaw_compressed() -> NDArray[np.uint8]:
    samples = _every_sample()
    biased = np.minimum((_magnitude(samples) >> 2) + _ULAW_BIAS, _ULAW_TOP)
    segment = 1 + _bit_length(biased >> 6)
    code = ((8 - segment) << 4) | (0xF - ((biased >> segment) & 0xF))
    return np.asarray(np.where(samples >= 0, code | 0x80, code), np.uint8)


@cache
def _ulaw_expanded() -> NDArray[np.int16]:
    code = np.arange(256, dtype=np.int64)
    exponent = (~code >> 4) & 0x7
    step = 8 << exponent
    magnitude = (0x80 << exponent) + step * (~code & 0xF) + step // 2 - 4 * _ULAW_BIAS
    return np.asarray(np.where(code < 0x80, -magnitude, magnitude), PCM16)


@cache
def _alaw_compressed() -> NDArray[np.uint8]:
    samples = _every_sample()
    magnitude = _magnitude(samples) >> 4
    segment = np.maximum(_bit_length(magnitude) - 4, 0)
    mantissa = (magnitude >> np.maximum(segment - 1, 0)) & 0xF
    code = (segment << 4) | mantissa
    return np.asarray(np.where(samples >= 0, code | 0x80, code) ^ _ALAW_MASK, np.uint8)


@cache
def _alaw_expanded() -> NDArray[np.int16]:
    code = np.arange(256, dtype=np.int64) ^ _ALAW_MASK
    segment = (code >> 4) & 0x7
    mantissa = (code & 0xF) + np.where(segment > 0, 16, 0)
    magnitude = ((mantissa << 4) + 8) << np.maximum(segment - 1, 0)
    return np.asarray(np.where(code & 0x80, magnitude, -magnitude), PCM16)


def pcm16_at_rate(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    """The same mono sound at another rate, rounded to the nearest sample value."""
    if from_hz == to_hz or not pcm:
        return pcm
    wave = soxr.resample(_samples(pcm).astype(np.float32), from_hz, to_hz)
    return rounded_pcm16(wave)


def rounded_pcm16(wave: NDArray[np.float32]) -> bytes:
    """Samples on the 16-bit scale as bytes; what is louder than the scale is clipped."""
    return bytes(np.clip(np.rint(wave), -32768, 32767).astype(PCM16).tobytes())


def _swapped(pcm: bytes) -> bytes:
    return bytes(_samples(pcm).byteswap().tobytes())


def _as_it_is(pcm: bytes) -> bytes:
    return pcm


_DECODERS: Mapping[Encoding, Callable[[bytes], bytes]] = {
    Encoding.L16: _as_it_is,
    Encoding.L16_BE: _swapped,
    Encoding.PCMU: ulaw_to_pcm16,
    Encoding.PCMA: alaw_to_pcm16,
}
_ENCODERS: Mapping[Encoding, Callable[[bytes], bytes]] = {
    Encoding.L16: _as_it_is,
    Encoding.L16_BE: _swapped,
    Encoding.PCMU: pcm16_to_ulaw,
    Encoding.PCMA: pcm16_to_alaw,
}
