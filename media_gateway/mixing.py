"""Add, fade and fit blocks of PCM16 without a click and without an overflow."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Wide = NDArray[np.int32]
"""Samples with room for the sum of 65,000 voices."""

_LEAST, _MOST = -32_768, 32_767


def wide(pcm: bytes) -> Wide:
    samples: Wide = np.frombuffer(pcm, dtype="<i2").astype(np.int32)
    return samples


def total(blocks: Iterable[bytes]) -> Wide:
    """The sum of at least one block; all are of one length."""
    first, *others = blocks
    added = wide(first)
    for block in others:
        added += np.frombuffer(block, dtype="<i2")
    return added


def without(everybody: Wide, own: bytes) -> Wide:
    """Mix-minus: what one of them hears of the others."""
    others: Wide = everybody - np.frombuffer(own, dtype="<i2")
    return others


def saturated(samples: Wide | NDArray[np.float32]) -> bytes:
    """Too loud becomes as loud as can be; it never wraps round."""
    return np.clip(samples, _LEAST, _MOST).astype("<i2").tobytes()


def peak(pcm: bytes) -> int:
    samples = np.frombuffer(pcm, dtype="<i2")
    return max(int(samples.max()), -int(samples.min())) if len(samples) else 0


def crossfaded(before: bytes | None, after: bytes | None) -> bytes | None:
    """Go from one block to another of the same length and time; None is silence."""
    if before is after or before == after:
        return after
    known = before if before is not None else after or b""
    rise = _ramp(len(known) // 2)
    mixed = np.zeros(len(rise), dtype=np.float32)
    if before is not None:
        mixed += np.frombuffer(before, dtype="<i2") * (1 - rise)
    if after is not None:
        mixed += np.frombuffer(after, dtype="<i2") * rise
    return saturated(np.rint(mixed))


def fitted(pcm: bytes, samples: int) -> bytes:
    """Make a block a little longer or shorter: its beginning fades over into its end.

    A sample more or less in 20 ms is not heard; more of them are only in silence.
    """
    sound = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    extra = len(sound) - samples
    fitted = np.empty(samples, dtype=np.float32)
    if extra >= 0:
        rise = _ramp(samples)
        fitted[:] = sound[:samples] * (1 - rise) + sound[extra:] * rise
    else:
        twice = slice(-extra, len(sound))  # what both copies cover
        rise = _ramp(len(sound) + extra)
        fitted[:-extra] = sound[:-extra]
        fitted[twice] = sound[twice] * (1 - rise) + sound[: len(sound) + extra] * rise
        fitted[len(sound) :] = sound[extra:]
    return saturated(np.rint(fitted))


def faded_in(pcm: bytes, fade_samples: int) -> bytes:
    sound = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    sound[:fade_samples] *= _ramp(fade_samples)[: len(sound)]
    return saturated(np.rint(sound))


def faded_out(pcm: bytes, samples: int, fade_samples: int, *, last_sample: int = 0) -> bytes:
    """Let what is left die away: ``samples`` long in all, going on from ``last_sample`` when nothing is left."""
    left = np.frombuffer(pcm, dtype="<i2")
    sound = np.zeros(samples, dtype=np.float32)
    sound[: len(left)] = left
    start = min(len(left), samples - fade_samples)
    sound[len(left) : start + fade_samples] = left[-1] if len(left) else last_sample
    sound[start : start + fade_samples] *= 1 - _ramp(fade_samples)
    return saturated(np.rint(sound))


def last_sample(pcm: bytes) -> int:
    return int.from_bytes(pcm[-2:], "little", signed=True)


def _ramp(samples: int) -> NDArray[np.float32]:
    """From 0 up to almost 1."""
    return np.arange(samples, dtype=np.float32) / np.float32(max(samples, 1))
