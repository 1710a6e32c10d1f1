"""RTP packets are read and written as RFC 3550 says, whatever a stranger sends."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.rtp.packet import RtpPacket, is_rtcp, parse, serialise

HEADER = bytes.fromhex("80 00 0001 00000002 00000003")

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    payload=st.binary(max_size=400),
    marker=st.booleans(),
)


@given(packets)
@settings(max_examples=300)
def test_a_packet_survives_the_wire(packet: RtpPacket) -> None:
    assert parse(serialise(packet)) == packet


@given(st.binary(max_size=200) | st.binary(min_size=12, max_size=60).map(lambda b: b"\xbf" + b))
@settings(max_examples=300)
def test_whatever_a_stranger_sends_nothing_but_input_error(data: bytes) -> None:
    with suppress(InputError):
        assert len(parse(data).payload) <= len(data) - 12


def test_sources_extension_and_padding_are_no_sound() -> None:
    csrcs, extension, padding = bytes(8), b"\xbe\xde\x00\x01\x01\x02\x03\x04", b"\x00\x00\x03"
    data = b"\xb2" + HEADER[1:] + csrcs + extension + b"sound" + padding

    assert parse(data).payload == b"sound"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEADER[:11],
        b"\x00" + HEADER[1:],  # STUN
        b"\x8f" + HEADER[1:],  # fifteen sources that are not there
        b"\x90" + HEADER[1:],  # an extension that is not there
        b"\x90" + HEADER[1:] + b"\xbe\xde\xff\xff",
        b"\xa0" + HEADER[1:] + b"\x00",  # no padding
        b"\xa0" + HEADER[1:] + b"\x05",  # more padding than packet
    ],
)
def test_what_is_cut_or_no_rtp_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        parse(data)


def test_rtcp_on_the_port_of_rtp_is_told_apart() -> None:
    assert is_rtcp(b"\x80\xc8")
    assert not is_rtcp(HEADER)
    assert not is_rtcp(b"\x80")
