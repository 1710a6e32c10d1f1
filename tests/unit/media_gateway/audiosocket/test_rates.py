"""The length of a frame tells the rate, whatever the kind byte claims."""

import pytest

from domain.errors import InputError
from media_gateway.audiosocket.rates import inferred_rate_hz
from media_gateway.codecs import Encoding


@pytest.mark.parametrize(
    ("kind", "frame_bytes", "rate_hz"),
    [
        (0x10, 320, 8_000),
        (0x10, 640, 16_000),  # a channel driver that says 0x10 for every codec
        (0x11, 640, 16_000),  # the one release that calls 16 kHz 0x11
        (0x12, 640, 16_000),
        (0x13, 960, 24_000),
        (0x14, 1_280, 32_000),
        (0x15, 1_764, 44_100),
        (0x16, 1_920, 48_000),
        (0x12, 100, 16_000),  # no 20 ms of anything: the documentation decides
        (0x10, 100, 8_000),
        (0x1F, 100, 8_000),
    ],
)
def test_the_rate_is_inferred(kind: int, frame_bytes: int, rate_hz: int) -> None:
    assert inferred_rate_hz(kind, frame_bytes) == rate_hz


@pytest.mark.parametrize(
    ("kind", "frame_bytes", "sentence"),
    [
        (0x11, 480, "12000 Hz"),
        (0x17, 3_840, "96000 Hz"),
        (0x18, 7_680, "192000 Hz"),
        (0x10, 160, "G.711"),
    ],
)
def test_a_rate_we_cannot_take_is_refused_with_what_to_do(
    kind: int, frame_bytes: int, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence) as refused:
        inferred_rate_hz(kind, frame_bytes)

    assert "dial with c(slin" in refused.value.message


def test_with_the_encoding_set_20_ms_of_g711_are_8_khz() -> None:
    assert inferred_rate_hz(0x10, 160, Encoding.PCMA) == 8_000
