"""G.711 as the ITU's reference software does it, and channels taken apart."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway import codecs


def itu_vector(name: str) -> np.ndarray:
    folder = os.environ.get("HOTLINE_TEST_DATA")
    if not folder:
        pytest.skip("HOTLINE_TEST_DATA names no folder with the ITU vectors")
    path = Path(folder) / "telephony" / "tel_itu_stl" / f"g711__test_data__{name}"
    return np.fromfile(path, "<i2")


@pytest.mark.human
def test_alaw_is_bit_exact_with_the_itu_vectors() -> None:
    source, encoded = itu_vector("sweep.src"), itu_vector("sweep-r.a")

    assert codecs.pcm16_to_alaw(source.tobytes()) == encoded.astype(np.uint8).tobytes()
    assert (
        codecs.alaw_to_pcm16(encoded.astype(np.uint8).tobytes())
        == itu_vector("sweep-r.a-a").tobytes()
    )


@pytest.mark.human
def test_ulaw_is_bit_exact_with_the_itu_vectors() -> None:
    source, encoded = itu_vector("sweep.src"), itu_vector("sweep-r.u")

    assert codecs.pcm16_to_ulaw(source.tobytes()) == encoded.astype(np.uint8).tobytes()
    assert (
        codecs.ulaw_to_pcm16(encoded.astype(np.uint8).tobytes())
        == itu_vector("sweep-r.u-u").tobytes()
    )


@pytest.mark.parametrize(
    ("code", "sample"), [(0x00, -32124), (0x7F, 0), (0x80, 32124), (0xFF, 0), (0xF0, 120)]
)
def test_known_ulaw_codes_mean_what_the_table_of_g711_says(code: int, sample: int) -> None:
    assert np.frombuffer(codecs.ulaw_to_pcm16(bytes([code])), "<i2")[0] == sample


@pytest.mark.parametrize(("code", "sample"), [(0x2A, -32256), (0xAA, 32256), (0xD5, 8), (0x55, -8)])
def test_known_alaw_codes_mean_what_the_table_of_g711_says(code: int, sample: int) -> None:
    assert np.frombuffer(codecs.alaw_to_pcm16(bytes([code])), "<i2")[0] == sample


@given(st.binary(max_size=512))
def test_decoding_and_encoding_again_changes_nothing_but_the_second_zero(encoded: bytes) -> None:
    assert codecs.pcm16_to_alaw(codecs.alaw_to_pcm16(encoded)) == encoded
    assert codecs.pcm16_to_ulaw(codecs.ulaw_to_pcm16(encoded)) == encoded.replace(b"\x7f", b"\xff")


def test_stereo_comes_apart_into_left_and_right() -> None:
    left, right = b"\1\0\2\0", b"\3\0\4\0"

    together = codecs.interleaved((left, right))

    assert together == b"\1\0\3\0\2\0\4\0"
    assert codecs.deinterleaved(together, 2) == (left, right)
    assert codecs.deinterleaved(left, 1) == (left,)


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(InputError, match="whole 16-bit samples"):
        codecs.deinterleaved(b"\1\0\2\0\3\0", 2)


def test_another_rate_keeps_the_length_in_time_and_the_tone() -> None:
    seconds = np.arange(24_000) / 24_000
    tone = (8_000 * np.sin(2 * np.pi * 440 * seconds)).astype("<i2").tobytes()

    slower = np.frombuffer(codecs.pcm16_at_rate(tone, 24_000, 8_000), "<i2")

    assert len(slower) == 8_000
    assert np.argmax(np.abs(np.fft.rfft(slower))) == 440
