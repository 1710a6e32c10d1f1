"""Read and write RTCP: sender and receiver reports, the name of a source, goodbye (RFC 3550 section 6)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import InputError

SENDER_REPORT, RECEIVER_REPORT, SOURCE_DESCRIPTION, GOODBYE = 200, 201, 202, 203
VERSION_2 = 0x80
_VERSION, _COUNT = 0xC0, 0x1F
_CNAME = 1
_HEAD = struct.Struct(">BBHI")
_SENDER = struct.Struct(">QIII")
_BLOCK = struct.Struct(">IIIIII")
_MOST_LOST, _LEAST_LOST = 0x7FFFFF, -0x800000  # 24 bits; duplicates make it negative
LONGEST_CNAME_BYTES = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionReport:
    """How well one side hears an SSRC. ``jitter`` is in timestamps, the last two in 1/65536 s."""

    ssrc: int
    fraction_lost: int = 0
    lost: int = 0
    highest_sequence: int = 0
    jitter: int = 0
    last_report: int = 0
    since_last_report: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderReport:
    """What a source has sent, and what its timestamps mean in wall-clock time (``ntp`` is 32.32 fixed point)."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    bytes_sent: int
    reports: tuple[ReceptionReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverReport:
    """What somebody who does not send has heard."""

    ssrc: int
    reports: tuple[ReceptionReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye:
    """These sources have left."""

    ssrcs: tuple[int, ...]


Report = SenderReport | ReceiverReport | Goodbye


def parse_compound(data: bytes) -> tuple[Report, ...]:
    """What we understand of one RTCP datagram. Raises InputError when it is no RTCP."""
    return tuple(report for report in _reports(data) if report is not None)


def sender_report(report: SenderReport) -> bytes:
    body = _SENDER.pack(
        report.ntp,
        report.timestamp,
        report.packets & 0xFFFFFFFF,
        report.bytes_sent & 0xFFFFFFFF,
    )
    return _packet(SENDER_REPORT, len(report.reports), report.ssrc, body + _blocks(report.reports))


def receiver_report(report: ReceiverReport) -> bytes:
    return _packet(RECEIVER_REPORT, len(report.reports), report.ssrc, _blocks(report.reports))


def source_description(ssrc: int, cname: str) -> bytes:
    """Every compound packet must carry it (section 6.1)."""
    name = cname.encode()[:LONGEST_CNAME_BYTES]
    items = bytes((_CNAME, len(name))) + name + b"\0"
    return _packet(SOURCE_DESCRIPTION, 1, ssrc, items + bytes(-len(items) % 4))


def goodbye(ssrc: int) -> bytes:
    return _packet(GOODBYE, 1, ssrc, b"")


def _packet(kind: int, count: int, ssrc: int, body: bytes) -> bytes:
    words = (_HEAD.size + len(body)) // 4 - 1
    return _HEAD.pack(VERSION_2 | count, kind, words, ssrc) + body


def _blocks(reports: tuple[ReceptionReport, ...]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            block.ssrc,
            (block.fraction_lost << 24) | _signed_24(block.lost),
            block.highest_sequence & 0xFFFFFFFF,
            block.jitter & 0xFFFFFFFF,
            block.last_report & 0xFFFFFFFF,
            block.since_last_report & 0xFFFFFFFF,
        )
        for block in reports
    )


def _signed_24(lost: int) -> int:
    return min(max(lost, _LEAST_LOST), _MOST_LOST) & 0xFFFFFF


def _reports(data: bytes) -> Iterator[Report | None]:
    at = 0
    while at < len(data):
        end = _end_of(data, at)
        yield _report(data[at + 1], data[at] & _COUNT, data[at + 4 : end])
        at = end


def _end_of(data: bytes, at: int) -> int:
    if len(data) < at + 4 or data[at] & _VERSION != VERSION_2 or not 192 <= data[at + 1] <= 223:
        raise _malformed(f"an RTCP packet at byte {at}")
    end = at + 4 + 4 * int.from_bytes(data[at + 2 : at + 4], "big")
    if end > len(data):
        raise _malformed(f"a packet of {end - at} bytes at byte {at}, got {len(data) - at}")
    return end


def _report(kind: int, count: int, body: bytes) -> Report | None:
    if kind == SENDER_REPORT:
        return _sender(count, body)
    if kind == RECEIVER_REPORT:
        return ReceiverReport(ssrc=_ssrc(body), reports=_reception(body[4:], count))
    if kind == GOODBYE:
        return Goodbye(ssrcs=_ssrcs(body, count))
    return None


def _sender(count: int, body: bytes) -> SenderReport:
    ssrc = _ssrc(body)
    if len(body) < 4 + _SENDER.size:
        raise _malformed("a whole sender report")
    ntp, timestamp, packets, bytes_sent = _SENDER.unpack_from(body, 4)
    return SenderReport(
        ssrc=ssrc,
        ntp=ntp,
        timestamp=timestamp,
        packets=packets,
        bytes_sent=bytes_sent,
        reports=_reception(body[4 + _SENDER.size :], count),
    )


def _reception(body: bytes, count: int) -> tuple[ReceptionReport, ...]:
    if len(body) < count * _BLOCK.size:
        raise _malformed(f"{count} reception reports")
    return tuple(_block(body, index * _BLOCK.size) for index in range(count))


def _block(body: bytes, at: int) -> ReceptionReport:
    ssrc, loss, highest, jitter, last, since = _BLOCK.unpack_from(body, at)
    return ReceptionReport(
        ssrc=ssrc,
        fraction_lost=loss >> 24,
        lost=((loss & 0xFFFFFF) ^ 0x800000) - 0x800000,
        highest_sequence=highest,
        jitter=jitter,
        last_report=last,
        since_last_report=since,
    )


def _ssrc(body: bytes) -> int:
    return _ssrcs(body, 1)[0]


def _ssrcs(body: bytes, count: int) -> tuple[int, ...]:
    if len(body) < 4 * count:
        raise _malformed(f"{count} sources")
    return struct.unpack_from(f">{count}I", body)


def _malformed(expected: str) -> InputError:
    return InputError("media_gateway.rtcp_packet", f"expected {expected}; send RTCP (RFC 3550)")
