"""Make sound for tests: PCM of known content, cut into the frames a wire would bring."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from bench.speech import line_sounds, music
from bench.speech.music import Timbre
from domain.audio import SAMPLE_BYTES, AudioFrame, AudioGap, GapCause, Leg, Sound, samples_from_ms
from domain.ids import CallId

CALL = CallId("call-1")
_FULL_SCALE = 32_767


def silence(ms: int, *, rate_hz: int = 8_000) -> bytes:
    return bytes(samples_from_ms(ms, rate_hz) * SAMPLE_BYTES)


def tone(ms: int, *, hz: float = 440, level: float = 0.3, rate_hz: int = 8_000) -> bytes:
    return pcm_of(level * np.sin(2 * np.pi * hz * _seconds(ms, rate_hz)))


def noise(ms: int, *, level: float = 0.05, rate_hz: int = 8_000, seed: int = 1) -> bytes:
    """White noise, the same every time."""
    return pcm_of(np.random.default_rng(seed).normal(0, level, samples_from_ms(ms, rate_hz)))


def keys(ms: int, *, rate_hz: int = 8_000) -> bytes:
    """Telephone key 5, pressed for 200 ms every second."""
    t = _seconds(ms, rate_hz)
    pressed = (t % 1) < 0.2
    return pcm_of(0.2 * pressed * (np.sin(2 * np.pi * 770 * t) + np.sin(2 * np.pi * 1336 * t)))


def melody(
    ms: int, *, timbre: Timbre = Timbre.STRUCK, rate_hz: int = 8_000, seed: int = 3
) -> bytes:
    """A tune of one voice, the same every time."""
    return pcm_of(music.tune(seed, ms / 1000, timbre, rate_hz))


def ring_back(ms: int, *, rate_hz: int = 8_000) -> bytes:
    """What a Chinese exchange plays while the other side's telephone rings: a second in five."""
    return pcm_of(line_sounds.cadence(ms / 1000, (450,), (1, 4), rate_hz))


def pcm_of(waveform: NDArray[np.floating]) -> bytes:
    """``waveform``: (samples,) in [-1, 1]."""
    pcm: NDArray[np.int16] = (np.clip(waveform, -1, 1) * _FULL_SCALE).astype("<i2")
    return pcm.tobytes()


def recorded(path: Path, *, rate_hz: int = 8_000) -> bytes:
    """A recording, its channels mixed, at the rate asked for."""
    waveform, file_rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return pcm_of(soxr.resample(waveform.mean(axis=1), file_rate_hz, rate_hz))


def blocks(
    pcm: bytes,
    ms: int = 20,
    *,
    rate_hz: int = 8_000,
    first_sample: int = 0,
    call_id: CallId = CALL,
    leg: Leg = Leg.CALLER,
    since_ms: int = 0,
) -> Iterator[AudioFrame]:
    """Cut into frames of ``ms``, the last one shorter. Each reached us when its sound ended, after ``since_ms``."""
    step = samples_from_ms(ms, rate_hz) * SAMPLE_BYTES
    for at in range(0, len(pcm), step):
        piece = pcm[at : at + step]
        start = first_sample + at // SAMPLE_BYTES
        end = start + len(piece) // SAMPLE_BYTES
        yield AudioFrame(
            call_id=call_id,
            leg=leg,
            first_sample=start,
            sample_rate_hz=rate_hz,
            pcm=piece,
            heard_at_ms=since_ms + end * 1000 // rate_hz,
        )


def gap(
    first_sample: int,
    samples: int,
    *,
    rate_hz: int = 8_000,
    call_id: CallId = CALL,
    leg: Leg = Leg.CALLER,
    cause: GapCause = GapCause.OVERFLOW,
) -> AudioGap:
    return AudioGap(
        call_id=call_id,
        leg=leg,
        first_sample=first_sample,
        samples=samples,
        sample_rate_hz=rate_hz,
        cause=cause,
    )


async def stream(sound: Iterable[Sound]) -> AsyncIterator[Sound]:
    """What a fork hands to a listener: it gives way to others before every piece."""
    for piece in sound:
        await asyncio.sleep(0)
        yield piece


def frames_of(
    pcm: bytes, ms: int = 20, *, rate_hz: int = 8_000, leg: Leg = Leg.CALLER, call_id: CallId = CALL
) -> AsyncIterator[Sound]:
    """One leg's whole sound as a stream."""
    return stream(blocks(pcm, ms, rate_hz=rate_hz, leg=leg, call_id=call_id))


def _seconds(ms: int, rate_hz: int) -> NDArray[np.float64]:
    return np.arange(samples_from_ms(ms, rate_hz)) / rate_hz
