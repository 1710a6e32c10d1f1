from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from asr.sound_file import sound_blocks, sound_format
from domain.errors import InputError


def a_tone(seconds: float, rate_hz: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)
    return wave.astype(np.float32)


def an_m4a(path: Path, seconds: float) -> Path:
    """AAC, which libsndfile does not read."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(a_tone(seconds, 16_000)[None, :], "fltp", "mono")
        frame.sample_rate = 16_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_a_long_sound_comes_in_blocks_of_a_second(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, a_tone(2.5, 44_100), 44_100)

    blocks = list(sound_blocks(path))

    assert sound_format(path).rate_hz == 44_100
    assert max(map(len, blocks)) == 44_100
    assert sum(map(len, blocks)) == pytest.approx(2.5 * 44_100, abs=2_400)
    assert blocks[0].shape[1] == 1


def test_reading_can_begin_in_the_middle(tmp_path: Path) -> None:
    wave = np.arange(16_000, dtype=np.int16)
    soundfile.write(tmp_path / "a.wav", wave, 8_000)

    blocks = list(sound_blocks(tmp_path / "a.wav", first=9_000))

    assert sum(map(len, blocks)) == 7_000
    assert round(float(blocks[0][0, 0]) * 32_768) == 9_000


def test_what_libsndfile_cannot_read_is_read_all_the_same(tmp_path: Path) -> None:
    path = an_m4a(tmp_path / "a.m4a", 1.5)

    whole = np.concatenate(list(sound_blocks(path)))
    rest = np.concatenate(list(sound_blocks(path, first=8_000)))

    assert sound_format(path).frames is None
    assert whole.shape == pytest.approx((24_000, 1), abs=2_048)
    assert len(whole) - len(rest) == 8_000
    assert np.abs(whole).max() == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "sound.empty"), (b"a letter " * 100, "sound.not_audio"), (None, "sound.no_file")],
)
def test_what_is_no_sound_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(InputError) as refused:
        list(sound_blocks(path))
    with pytest.raises(InputError):
        sound_format(path)

    assert refused.value.code == code
    assert str(path) in refused.value.message


def test_a_rate_below_the_telephone_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", a_tone(1.0, 4_000), 4_000)

    with pytest.raises(InputError, match="expected at least 8000 Hz, got 4000 Hz"):
        sound_format(tmp_path / "a.wav")
