"""Any recording is read piece by piece as a wire's sound, or refused in one sentence."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from domain.audio import Leg
from domain.errors import InputError
from media_gateway.file_wire.sound_file import SoundFile, heard_at_hz

Wave = NDArray[np.float64]


def wave(seconds: float = 0.5, *, rate_hz: int = 8_000, hz: float = 440) -> Wave:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)


def a_file(
    path: Path, sound: Wave, *, rate_hz: int = 8_000, subtype: str | None = "PCM_16"
) -> Path:
    soundfile.write(path, sound, rate_hz, subtype=subtype)
    return path


def opened(path: Path) -> SoundFile:
    return SoundFile(path, longest_s=60)


def all_of(sound: SoundFile, ms: int = 100) -> bytes:
    pieces = []
    while (piece := sound.read(ms)) is not None:
        pieces.append(piece)
    sound.close()
    return b"".join(pieces)


def test_telephone_sound_is_read_sample_by_sample(tmp_path: Path) -> None:
    samples = np.arange(-4_000, 4_000).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", samples, 8_000)

    sound = opened(tmp_path / "a.wav")

    assert (sound.sample_rate_hz, sound.legs, sound.duration_ms) == (8_000, (Leg.CALLER,), 1_000)
    assert all_of(sound) == samples.tobytes()


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW", "PCM_24", "FLOAT"])
def test_every_way_to_write_samples_is_read_at_its_level(tmp_path: Path, subtype: str) -> None:
    path = a_file(tmp_path / "a.wav", wave(), subtype=subtype)

    samples = np.frombuffer(all_of(opened(path)), "<i2")

    assert abs(int(samples.max()) - 16_384) < 600


@pytest.mark.parametrize(
    ("rate_hz", "heard_hz"), [(11_025, 16_000), (22_050, 24_000), (96_000, 48_000)]
)
def test_a_rate_we_do_not_know_is_resampled_to_one_we_know(
    tmp_path: Path, rate_hz: int, heard_hz: int
) -> None:
    both = np.stack([wave(1, rate_hz=rate_hz, hz=300), wave(1, rate_hz=rate_hz, hz=500)], axis=1)

    sound = opened(a_file(tmp_path / "a.wav", both, rate_hz=rate_hz))

    assert sound.sample_rate_hz == heard_hz
    legs = np.frombuffer(all_of(sound), "<i2").reshape(-1, 2)
    assert abs(len(legs) - heard_hz) <= 1
    loudest = [int(np.argmax(np.abs(np.fft.rfft(legs[:, leg])))) for leg in (0, 1)]
    assert loudest == [300, 500]


def test_rates_lose_nothing_where_a_telephone_could_have_it() -> None:
    assert [heard_at_hz(rate) for rate in (6_000, 8_000, 12_000, 44_100, 48_000, 192_000)] == [
        8_000,
        8_000,
        16_000,
        44_100,
        48_000,
        48_000,
    ]


@pytest.mark.parametrize("name", ["a.flac", "a.ogg", "a.mp3"])
def test_other_formats_are_read(tmp_path: Path, name: str) -> None:
    soundfile.write(tmp_path / name, wave(1), 8_000)

    assert len(all_of(opened(tmp_path / name))) == pytest.approx(16_000, rel=0.2)


def truncated(path: Path) -> None:
    a_file(path, wave())
    path.write_bytes(path.read_bytes()[:-100])


def of_three_channels(path: Path) -> None:
    a_file(path, np.stack([wave()] * 3, axis=1))


def without_a_sample(path: Path) -> None:
    a_file(path, wave(0))


def a_text(path: Path) -> None:
    path.write_text("this is no sound")


def a_minute_too_long(path: Path) -> None:
    a_file(path, wave(61))


def nothing(path: Path) -> None:
    path.touch()


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (truncated, "cut short"),
        (of_three_channels, "got 3"),
        (without_a_sample, "without a sample"),
        (a_text, "something else"),
        (nothing, "something else"),
        (a_minute_too_long, "at most 60 s"),
    ],
)
def test_what_is_no_call_is_refused_in_one_sentence(
    tmp_path: Path, write: Callable[[Path], None], sentence: str
) -> None:
    write(tmp_path / "a.wav")

    with pytest.raises(InputError, match=sentence) as refused:
        opened(tmp_path / "a.wav")

    assert "\n" not in refused.value.message


def test_a_file_that_was_closed_has_ended(tmp_path: Path) -> None:
    sound = opened(a_file(tmp_path / "a.wav", wave()))
    sound.close()

    assert sound.read(100) is None


@settings(max_examples=300, deadline=None)
@given(garbage=st.binary(max_size=300), at=st.integers(0, 60))
def test_whatever_a_stranger_sends_nothing_but_an_input_error_comes_of_it(
    tmp_path_factory: pytest.TempPathFactory, garbage: bytes, at: int
) -> None:
    path = a_file(tmp_path_factory.getbasetemp() / "fuzzed.wav", wave(0.02))
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + garbage + whole[at + len(garbage) :])

    with suppress(InputError):
        all_of(opened(path))
