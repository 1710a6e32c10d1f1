"""Read and write RTP packets (RFC 3550 section 5.1)."""

import struct
from dataclasses import dataclass

from domain.errors import InputError

HEADER = struct.Struct(">BBHII")
HEADER_BYTES = HEADER.size
VERSION_2 = 0x80
_VERSION, _PADDING, _EXTENSION, _CSRCS = 0xC0, 0x20, 0x10, 0x0F
_MARKER, _TYPE = 0x80, 0x7F
# RFC 5761 section 4: RTCP on the port of RTP is known by these, which no RTP payload may use with a marker.
FIRST_RTCP, LAST_RTCP = 192, 223


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet; ``sequence`` is 16 bits and ``timestamp`` 32 bits wide."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False


def parse(data: bytes) -> RtpPacket:
    """Raises InputError when these bytes are no RTP packet."""
    if len(data) < HEADER_BYTES or data[0] & _VERSION != VERSION_2:
        raise _malformed(f"a packet of RTP version 2, got {len(data)} bytes that are none")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    start = _payload_start(data, first)
    return RtpPacket(
        payload_type=second & _TYPE,
        sequence=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        payload=data[start : _payload_end(data, first, start)],
        marker=bool(second & _MARKER),
    )


def serialise(packet: RtpPacket) -> bytes:
    second = packet.payload_type | (_MARKER if packet.marker else 0)
    return (
        HEADER.pack(VERSION_2, second, packet.sequence, packet.timestamp, packet.ssrc)
        + packet.payload
    )


def is_rtcp(data: bytes) -> bool:
    """Whether this is RTCP that came on the port of RTP."""
    return len(data) > 1 and FIRST_RTCP <= data[1] <= LAST_RTCP


def _payload_start(data: bytes, first: int) -> int:
    start = HEADER_BYTES + 4 * (first & _CSRCS)
    if first & _EXTENSION:
        if len(data) < start + 4:
            raise _malformed("a header extension, got the end of the packet")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if start > len(data):
        raise _malformed(f"a header of {start} bytes, got {len(data)} bytes in all")
    return start


def _payload_end(data: bytes, first: int, start: int) -> int:
    if not first & _PADDING:
        return len(data)
    padding = data[-1]
    if padding == 0 or len(data) - padding < start:
        raise _malformed(f"padding that fits the packet, got {padding} bytes of it")
    return len(data) - padding


def _malformed(expected: str) -> InputError:
    return InputError("media_gateway.rtp_packet", f"expected {expected}; send RTP (RFC 3550)")
