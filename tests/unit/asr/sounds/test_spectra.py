"""Notes stand still, speech glides."""

import numpy as np
import pytest

from asr.sounds.spectra import Frame, Spectra
from tests.fakes.sound import noise, pcm_of, silence, tone

RATE_HZ = 16_000


def frames_of(pcm: bytes) -> list[Frame]:
    waveform = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)
    return Spectra().feed(waveform[: len(waveform) - len(waveform) % 512])


def test_a_tone_stands_still_on_its_pitch() -> None:
    frame = frames_of(tone(500, hz=523, rate_hz=RATE_HZ))[-1]

    assert frame.steady > 0.95
    assert frame.held > 0.95
    assert frame.purity > 0.95
    assert frame.peaks_hz == pytest.approx((523,), abs=2)
    assert frame.pitch_hz == pytest.approx(523, abs=2)


def test_a_glide_does_not() -> None:
    t = np.arange(RATE_HZ) / RATE_HZ
    glide = pcm_of(0.3 * np.sin(2 * np.pi * (300 * t + 150 * t**2)))

    assert max(frame.held for frame in frames_of(glide)[1:]) < 0.1


def test_noise_has_no_pitch_worth_the_name() -> None:
    frames = frames_of(noise(2_000, rate_hz=RATE_HZ))

    assert np.mean([frame.steady for frame in frames]) < 0.1


def test_silence_is_quiet_and_ends_every_partial() -> None:
    spectra = Spectra()
    loud = np.frombuffer(tone(192, rate_hz=RATE_HZ), "<i2").astype(np.float32) / np.float32(32_768)

    spectra.feed(loud)
    (quiet, *_) = frames_of(silence(64, rate_hz=RATE_HZ))
    spectra.feed(np.zeros(1_024, np.float32))
    again = spectra.feed(loud[:1_024])

    assert quiet.level_db == -100
    assert again[-1].steady == 0
