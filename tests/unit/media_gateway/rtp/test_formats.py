"""Formats of an SDP are understood, and only those that can be decoded are agreed to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.rtp.description import media_lines
from media_gateway.rtp.formats import (
    G722,
    OPUS,
    PCMA,
    PCMU,
    SUPPORTED,
    TELEPHONE_EVENT,
    common,
    format_of,
)
from media_gateway.rtp.settings import RtpSettings


def test_static_numbers_need_no_name() -> None:
    assert format_of(0) == PCMU
    assert format_of(8) == PCMA
    assert format_of(9) == G722
    assert format_of(18) is None


def test_the_clock_of_g722_is_not_its_rate() -> None:
    g722 = format_of(9, "G722/8000")

    assert g722 is not None
    assert (g722.clock_rate_hz, g722.sample_rate_hz) == (8_000, 16_000)


@pytest.mark.parametrize("offer", SUPPORTED)
def test_what_we_write_we_understand(offer: object) -> None:
    written = next(one for one in SUPPORTED if one is offer)

    assert format_of(written.payload_type, written.encoding_name, written.fmtp) == written


@pytest.mark.parametrize(
    "rtpmap", ["", "G729/8000", "PCMU/16000", "opus/8000", "L16/x", "L16/8000/9", "AMR-WB/16000"]
)
def test_what_we_cannot_decode_is_not_known(rtpmap: str) -> None:
    assert format_of(97, rtpmap) is None


@given(st.integers(), st.none() | st.text(max_size=40))
@settings(max_examples=300)
def test_whatever_a_stranger_writes_it_is_known_or_not(number: int, rtpmap: str | None) -> None:
    known = format_of(number, rtpmap)

    assert known is None or known.clock_rate_hz > 0


def test_an_answer_has_one_sound_and_the_keys_of_its_clock() -> None:
    keys_48k = format_of(110, "telephone-event/48000", "0-15")
    assert keys_48k is not None

    assert common([OPUS, PCMA, TELEPHONE_EVENT, keys_48k]) == (OPUS, keys_48k)
    assert common([PCMA, OPUS, TELEPHONE_EVENT, keys_48k]) == (PCMA, TELEPHONE_EVENT)
    assert common([TELEPHONE_EVENT]) == ()


def test_a_description_says_where_and_what() -> None:
    lines = media_lines(
        host="192.0.2.1", port=4000, rtcp_port=4001, formats=(PCMA, TELEPHONE_EVENT)
    )

    assert lines == (
        "m=audio 4000 RTP/AVP 8 101",
        "c=IN IP4 192.0.2.1",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=ptime:20",
        "a=rtcp:4001",
        "a=sendrecv",
    )


def test_a_range_without_a_pair_is_refused() -> None:
    with pytest.raises(InputError, match="range of ports"):
        RtpSettings(first_port=5000, last_port=5000)
    with pytest.raises(InputError, match="above 0"):
        RtpSettings(jitter_ms=0)
