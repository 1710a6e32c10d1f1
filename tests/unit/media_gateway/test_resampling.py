"""A leg's rate is changed without being heard, and with next to no delay."""

import numpy as np
import pytest
from numpy.typing import NDArray

from media_gateway.resampling import Resampler

PAIRS = [(8_000, 16_000), (16_000, 8_000), (48_000, 8_000), (16_000, 24_000), (44_100, 48_000)]


def resampled(wave: NDArray[np.floating], from_hz: int, to_hz: int) -> NDArray[np.float64]:
    frame = from_hz // 50
    stream = Resampler(from_hz, to_hz)
    pcm = np.rint(wave).astype("<i2")
    frames = [stream.resample(pcm[at : at + frame].tobytes()) for at in range(0, len(pcm), frame)]
    assert {len(piece) for piece in frames} == {to_hz // 50 * 2}
    return np.frombuffer(b"".join(frames), dtype="<i2").astype(np.float64)


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_a_tone_keeps_its_pitch_and_level_and_gains_no_noise(from_hz: int, to_hz: int) -> None:
    heard = resampled(
        10_000 * np.sin(2 * np.pi * 1_000 * np.arange(from_hz) / from_hz), from_hz, to_hz
    )

    at = np.arange(to_hz // 2, to_hz) / to_hz
    basis = np.stack([np.sin(2 * np.pi * 1_000 * at), np.cos(2 * np.pi * 1_000 * at)], axis=1)
    parts, *_ = np.linalg.lstsq(basis, heard[to_hz // 2 :], rcond=None)
    noise = heard[to_hz // 2 :] - basis @ parts
    assert np.hypot(*parts) == pytest.approx(10_000, rel=0.005)
    assert np.abs(noise).max() < 10  # -60 dB


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_a_click_is_at_most_three_milliseconds_late(from_hz: int, to_hz: int) -> None:
    click = np.zeros(from_hz)
    click[from_hz // 2] = 20_000

    heard = resampled(click, from_hz, to_hz)

    assert 0 <= np.argmax(np.abs(heard)) / to_hz - 0.5 <= 0.00301


def test_what_the_slower_rate_cannot_hold_is_gone_and_not_mirrored() -> None:
    heard = resampled(
        10_000 * np.sin(2 * np.pi * 5_000 * np.arange(16_000) / 16_000), 16_000, 8_000
    )

    assert np.abs(heard[400:]).max() < 10
