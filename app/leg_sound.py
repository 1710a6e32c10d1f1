"""Play one side of a recording file to a listener, block by block, as fast as it listens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from asr.sound_file import Wave, sound_blocks
from domain.audio import KNOWN_RATES_HZ, AudioFrame, Leg
from domain.ids import CallId

WIDE_HZ = 16_000
_FULL_SCALE = np.float32(32_768)
Advance = Callable[[int], None]  # milliseconds of this leg that were taken


async def leg_sound(
    path: Path, *, rate_hz: int, channel: int | None, call_id: CallId, leg: Leg, advance: Advance
) -> AsyncIterator[AudioFrame]:
    """Frames of a second at the file's rate, or at 16 kHz where no wire has that rate.

    ``channel`` None is the mean of all. ``advance`` is told of each frame when the next one is asked for.
    Raises InputError when the file is damaged inside.
    """
    blocks = _blocks(path, rate_hz, channel)
    first = 0
    while (pcm := await asyncio.to_thread(next, blocks, None)) is not None:
        if not pcm:
            continue  # the filter keeps a short block until there is more
        frame = AudioFrame(
            call_id=call_id,
            leg=leg,
            first_sample=first,
            sample_rate_hz=known_rate_hz(rate_hz),
            pcm=pcm,
        )
        yield frame
        first = frame.end_sample
        advance(frame.end_ms - frame.start_ms)


def known_rate_hz(rate_hz: int) -> int:
    """The rate at which a file of this rate is played."""
    return rate_hz if rate_hz in KNOWN_RATES_HZ else WIDE_HZ


def _blocks(path: Path, rate_hz: int, channel: int | None) -> Iterator[bytes]:
    wanted_hz = known_rate_hz(rate_hz)
    if wanted_hz == rate_hz:
        yield from (_pcm(_part(block, channel)) for block in sound_blocks(path))
        return
    stream = soxr.ResampleStream(rate_hz, wanted_hz, 1, dtype="float32")
    for block in sound_blocks(path):
        yield _pcm(stream.resample_chunk(_part(block, channel)))
    yield _pcm(stream.resample_chunk(np.zeros(0, np.float32), last=True))


def _part(block: Wave, channel: int | None) -> NDArray[np.float32]:
    """(samples,) of one channel."""
    if channel is None:
        return np.ascontiguousarray(block.mean(axis=1, dtype=np.float32))
    return np.ascontiguousarray(block[:, channel])


def _pcm(wave: NDArray[np.float32]) -> bytes:
    return bytes(np.clip(np.rint(wave * _FULL_SCALE), -32768, 32767).astype("<i2").tobytes())
