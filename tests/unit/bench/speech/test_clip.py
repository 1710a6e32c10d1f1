from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.speech.clip import Codec, load_clip, through
from bench.speech.manifest import Row
from domain.errors import InputError


def a_row(path: Path, start_s: float | None = None, end_s: float | None = None) -> Row:
    return Row(
        line=7,
        path=path,
        language="en",
        transcript="hello",
        speaker="",
        start_s=start_s,
        end_s=end_s,
    )


def a_tone(path: Path, *, seconds: float = 1.0, rate_hz: int = 44_100, channels: int = 2) -> Path:
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)
    soundfile.write(path, np.tile(wave[:, None], channels), rate_hz)
    return path


def test_any_rate_and_any_channels_become_sixteen_kilohertz_mono(tmp_path: Path) -> None:
    clip = load_clip(a_row(a_tone(tmp_path / "a.flac")), Codec.NONE)

    assert clip.rate_hz == 16_000
    assert clip.duration_s == pytest.approx(1.0, abs=0.001)
    assert np.abs(clip.at_16k()).max() == pytest.approx(0.3, abs=0.01)


def test_channels_are_averaged(tmp_path: Path) -> None:
    wave = np.stack([np.full(16_000, 0.5), np.full(16_000, -0.5)], axis=1)
    soundfile.write(tmp_path / "a.wav", wave, 16_000)

    clip = load_clip(a_row(tmp_path / "a.wav"), Codec.NONE)

    assert np.abs(clip.at_16k()).max() == pytest.approx(0.0, abs=1e-4)


def test_a_telephone_brings_eight_kilohertz_in_256_levels(tmp_path: Path) -> None:
    path = a_tone(tmp_path / "a.wav")

    ulaw, alaw = (load_clip(a_row(path), codec) for codec in (Codec.G711, Codec.G711A))

    assert ulaw.rate_hz == alaw.rate_hz == 8_000
    assert len(set(np.frombuffer(ulaw.pcm, "<i2"))) <= 256
    assert ulaw.pcm != alaw.pcm
    assert len(ulaw.at_16k()) == 16_000


def test_what_the_telephone_leaves_is_close_to_what_was_said() -> None:
    wave = (0.3 * np.sin(2 * np.pi * 440 * np.arange(8_000) / 8_000)).astype(np.float32)

    pcm = np.frombuffer(through(Codec.G711, wave, 8_000), "<i2")

    # ITU-T G.711 promises about 38 dB of signal to distortion at this level
    noise = pcm / 32_768 - wave
    assert 10 * np.log10(float((wave**2).mean() / (noise**2).mean())) > 35


def test_only_the_labelled_stretch_is_taken(tmp_path: Path) -> None:
    path = a_tone(tmp_path / "a.wav", seconds=3.0, rate_hz=8_000, channels=1)

    clip = load_clip(a_row(path, 0.5, 2.0), Codec.NONE)

    assert clip.duration_s == pytest.approx(1.5, abs=0.001)


def test_a_stretch_behind_the_end_is_refused_with_its_line(tmp_path: Path) -> None:
    path = a_tone(tmp_path / "a.wav")

    with pytest.raises(InputError, match="line 7: expected sound between 5"):
        load_clip(a_row(path, 5.0, 6.0), Codec.NONE)


def test_what_is_no_sound_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("a letter")

    with pytest.raises(InputError, match="line 7: expected a sound file"):
        load_clip(a_row(path), Codec.NONE)
