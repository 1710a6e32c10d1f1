"""Any recording becomes a call, or is refused in one clear sentence."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from domain.errors import InputError
from media_gateway.client.recording import load_recording

Wave = NDArray[np.float64]


def tone(seconds: float = 0.5, rate_hz: int = 8_000, hz: float = 440) -> Wave:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)


def a_file(path: Path, wave: Wave, *, rate_hz: int = 8_000, subtype: str | None = "PCM_16") -> Path:
    soundfile.write(path, wave, rate_hz, subtype=subtype)
    return path


def refusal(*paths: Path) -> str:
    with pytest.raises(InputError) as raised:
        load_recording(paths)
    assert "\n" not in raised.value.message
    return raised.value.message


def test_telephone_sound_is_streamed_sample_by_sample(tmp_path: Path) -> None:
    samples = (tone() * 32_767).astype(np.int16)
    soundfile.write(tmp_path / "call.wav", samples, 8_000)

    recording = load_recording([tmp_path / "call.wav"])

    assert (recording.sample_rate_hz, recording.channels) == (8_000, 1)
    assert recording.legs == (samples.tobytes(),)
    assert recording.duration_ms == 500


def test_a_stereo_file_is_caller_and_agent(tmp_path: Path) -> None:
    left, right = tone(hz=300), tone(hz=500)
    path = a_file(tmp_path / "call.wav", np.stack([left, right], axis=1))

    recording = load_recording([path])

    assert recording.channels == 2
    first, second = (np.frombuffer(leg, "<i2") for leg in recording.legs)
    assert np.argmax(np.abs(np.fft.rfft(first))) == 150
    assert np.argmax(np.abs(np.fft.rfft(second))) == 250


def test_two_files_of_different_length_and_rate_are_two_legs_of_one_call(tmp_path: Path) -> None:
    caller = a_file(tmp_path / "caller.wav", tone(1.0))
    agent = a_file(tmp_path / "agent.wav", tone(0.5, 44_100), rate_hz=44_100)

    recording = load_recording([caller, agent])

    assert recording.sample_rate_hz == 16_000
    assert [len(leg) for leg in recording.legs] == [32_000, 32_000]
    assert set(recording.legs[1][16_000:]) == {0}


def test_one_silent_leg_beside_a_speaking_one_is_a_call(tmp_path: Path) -> None:
    caller = a_file(tmp_path / "caller.wav", tone())
    agent = a_file(tmp_path / "agent.wav", np.zeros(4_000))

    assert load_recording([caller, agent]).channels == 2


@pytest.mark.parametrize(
    ("rate_hz", "wire_hz"),
    [(8_000, 8_000), (11_025, 8_000), (16_000, 16_000), (22_050, 16_000), (96_000, 16_000)],
)
def test_any_rate_becomes_one_a_telephone_wire_speaks(
    tmp_path: Path, rate_hz: int, wire_hz: int
) -> None:
    path = a_file(tmp_path / "call.wav", tone(rate_hz=rate_hz), rate_hz=rate_hz)

    recording = load_recording([path])

    assert recording.sample_rate_hz == wire_hz
    assert recording.duration_ms == 500


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("a.flac", "PCM_16"), ("a.ogg", "VORBIS"), ("a.mp3", "MPEG_LAYER_III"), ("a.wav", "ULAW")],
)
def test_the_usual_formats_are_read(tmp_path: Path, name: str, subtype: str) -> None:
    path = a_file(tmp_path / name, tone(rate_hz=16_000), rate_hz=16_000, subtype=subtype)

    assert load_recording([path]).sample_rate_hz == 16_000


def test_taking_ends_with_the_rest_and_then_nothing(tmp_path: Path) -> None:
    recording = load_recording([a_file(tmp_path / "call.wav", tone(0.5))])

    taken = [recording.take(3_000), recording.take(3_000), recording.take(3_000)]

    assert [None if block is None else len(block) for block in taken] == [6_000, 2_000, None]


@pytest.mark.parametrize(
    ("subtype", "rate_hz", "found"),
    [
        ("PCM_24", 8_000, "24-bit"),
        ("PCM_32", 8_000, "32-bit"),
        ("FLOAT", 8_000, "float"),
        ("PCM_16", 192_000, "192000 Hz"),
    ],
)
def test_studio_sound_is_refused_with_the_way_out_and_converted_on_wish(
    tmp_path: Path, subtype: str, rate_hz: int, found: str
) -> None:
    path = a_file(tmp_path / "call.wav", tone(rate_hz=rate_hz), rate_hz=rate_hz, subtype=subtype)

    message = refusal(path)

    assert found in message
    assert "--convert" in message
    assert "ffmpeg -i" in message
    assert load_recording([path], convert=True).duration_ms == 500


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert "found none" in refusal(tmp_path / "nowhere.wav")
    assert "found none" in refusal(tmp_path)


def test_an_empty_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()

    assert "empty file" in refusal(tmp_path / "empty.wav")


def test_a_file_without_a_sample_is_said(tmp_path: Path) -> None:
    assert "without a single sample" in refusal(a_file(tmp_path / "none.wav", np.zeros(0)))


@pytest.mark.parametrize("keep", [30, 45, 2_000, 8_043])
def test_a_truncated_wav_is_said(tmp_path: Path, keep: int) -> None:
    path = a_file(tmp_path / "call.wav", tone())
    os.truncate(path, keep)

    assert "cut short" in refusal(path)


def test_a_truncated_flac_is_said(tmp_path: Path) -> None:
    path = a_file(tmp_path / "call.flac", np.random.default_rng(1).normal(0, 0.1, 40_000))
    os.truncate(path, path.stat().st_size // 2)

    assert "cut short" in refusal(path) or "something else" in refusal(path)


def test_a_wav_that_was_streamed_into_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    path = a_file(tmp_path / "call.wav", tone())
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)

    assert load_recording([path]).duration_ms == 500


def test_silence_is_said(tmp_path: Path) -> None:
    assert "only silence" in refusal(a_file(tmp_path / "call.wav", np.zeros(8_000)))


@pytest.mark.parametrize(
    "content", [b"hello, this is no sound", bytes(5_000), b"\xff\xd8\xff" * 99]
)
def test_what_is_no_sound_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "text.wav").write_bytes(content)

    assert "got something else" in refusal(tmp_path / "text.wav")


def test_more_legs_than_a_call_has_are_refused(tmp_path: Path) -> None:
    six = a_file(tmp_path / "six.wav", np.stack([tone()] * 6, axis=1))
    stereo = a_file(tmp_path / "stereo.wav", np.stack([tone()] * 2, axis=1))
    mono = a_file(tmp_path / "mono.wav", tone())

    assert "got 6" in refusal(six)
    assert "send it alone" in refusal(mono, stereo)
    assert "got 3 files" in refusal(mono, mono, mono)
    assert "got 0 files" in refusal()


def test_a_rate_below_a_telephones_is_refused(tmp_path: Path) -> None:
    assert "at least 8000 Hz" in refusal(
        a_file(tmp_path / "call.wav", tone(rate_hz=4_000), rate_hz=4_000)
    )


def test_a_recording_can_be_streamed_again_from_its_beginning(tmp_path: Path) -> None:
    recording = load_recording([a_file(tmp_path / "call.wav", tone())])
    first = recording.take(100)
    other = recording.again()

    assert other.take(100) == first
    assert recording.take(100) != first
