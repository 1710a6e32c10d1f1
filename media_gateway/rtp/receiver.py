"""Take datagrams in: open them, know whose they are, and bring them in order to the timeline.

The packet that is due goes straight through; everything else takes the longer way and says why in the counters.
"""

import struct
from collections.abc import Callable

from domain.errors import InputError
from media_gateway.rtp.counters import RtpCounters
from media_gateway.rtp.jitter import Reorder
from media_gateway.rtp.packet import HEADER, HEADER_BYTES, VERSION_2, RtpPacket, is_rtcp, parse
from media_gateway.rtp.reception import Reception
from media_gateway.rtp.source_lock import Source, SourceLock
from media_gateway.rtp.timeline import Timeline
from media_gateway.rtp.unwrapping import sequence_distance

# RFC 3550 appendix A.1: a sequence number further ahead or behind belongs to a source that began anew.
MOST_AHEAD, MOST_BEHIND = 3_000, 100
PACKETS_TO_BEGIN = 3
HELD_AT_MOST_S = 0.5  # when nothing more comes, nothing tells that a missing packet is overdue

Opener = Callable[[bytes], bytes]


class Receiver:
    """The incoming half of one stream, from datagrams to the order of packets."""

    def __init__(
        self,
        *,
        timeline: Timeline,
        counters: RtpCounters,
        lock: SourceLock,
        jitter_ms: int,
        on_rtcp: Callable[[bytes, Source], None],
    ) -> None:
        self.reception = Reception()
        self._timeline = timeline
        self._counters = counters
        self._lock = lock
        self._on_rtcp = on_rtcp
        self._reorder = Reorder(jitter_ms=jitter_ms)
        self._newcomers: list[RtpPacket] = []
        self._newcomer_at_s = 0.0
        self._heard_before_newcomer = 0
        self._open: Opener | None = None
        self._source: Source | None = None
        self._ssrc = -1
        self._due = 0

    @property
    def ssrc(self) -> int | None:
        """Whom we hear; None before the first packet."""
        return None if self._ssrc < 0 else self._ssrc

    @property
    def last_sequence(self) -> int:
        return (self._due - 1) & 0xFFFF

    def open_with(self, opener: Opener | None) -> None:
        """From now on every packet is SRTP, or none is."""
        self._open = opener

    def relearn(self) -> None:
        """The source lock was opened for a moment: look at where packets come from."""
        self._source = None

    def take(self, data: bytes, source: Source, now_s: float) -> None:
        """One datagram from the port of RTP."""
        opener = self._open
        if opener is not None:
            opened = self._opened(opener, data, source)
            if opened is None:
                return
            data = opened
        try:
            first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
        except struct.error:
            self._counters.malformed += 1
            return
        if (
            sequence == self._due
            and ssrc == self._ssrc
            and source == self._source
            and first == VERSION_2
            and not self._reorder.waiting
        ):
            self._due = (sequence + 1) & 0xFFFF
            self._counters.received += 1
            self.reception.see(timestamp, now_s)
            self._timeline.hear(
                second & 0x7F, timestamp, data[HEADER_BYTES:], second > 0x7F, 0, now_s
            )
        else:
            self._take_unusual(data, source, now_s)

    def tick(self, now_s: float) -> None:
        """Once a second: let go of what no further packet will set free."""
        for packet in self._lock.settle():
            self._order(packet, now_s)
        if self._reorder.waiting and now_s - self._timeline.heard_at_s > HELD_AT_MOST_S:
            self._let_go(now_s)

    def flush(self, now_s: float) -> None:
        """Nothing more will come: hand on what waits."""
        for packet in self._lock.settle():
            self._order(packet, now_s)
        self._let_go(now_s)
        self._timeline.end()

    def _opened(self, opener: Opener, data: bytes, source: Source) -> bytes | None:
        if is_rtcp(data):
            self._on_rtcp(data, source)
            return None
        if source != self._lock.locked and not self._lock.is_open:
            self._counters.refused += (
                1  # before any key is tried: a replay window is not for strangers
            )
            return None
        try:
            return opener(data)
        except InputError:
            self._counters.unauthentic += 1
            return None

    def _take_unusual(self, data: bytes, source: Source, now_s: float) -> None:
        if self._open is None and is_rtcp(data):
            self._on_rtcp(data, source)
            return
        try:
            packet = parse(data)
        except InputError:
            self._counters.malformed += 1
            return
        if source == self._lock.locked:
            self._lock.note_heard()
            self._source = None if self._lock.is_open else source
            self._order(packet, now_s)
        else:
            self._meet(source, packet, now_s)

    def _meet(self, source: Source, packet: RtpPacket, now_s: float) -> None:
        """Somebody else sends."""
        if not self._timeline.knows(packet.payload_type):
            self._counters.refused += 1
            return
        admitted = self._lock.admit(source, packet)
        if admitted is None:
            self._counters.refused += 1
            return
        if admitted:
            self._source = source
            first = admitted[0].sequence
            admitted.sort(key=lambda one: sequence_distance(first, one.sequence))
        for one in admitted:
            self._order(one, now_s)

    def _order(self, packet: RtpPacket, now_s: float) -> None:
        if self._ssrc < 0:
            self._begin([packet], now_s)
            return
        ahead = sequence_distance(self._due, packet.sequence)
        if packet.ssrc != self._ssrc or not -MOST_BEHIND <= ahead <= MOST_AHEAD:
            self._meet_newcomer(packet, now_s)
            return
        if ahead == 0:
            self._play(packet, 0, now_s)
            self._play_waiting(now_s)
        elif ahead > 0:
            self._hold(packet, now_s)
        elif self._reorder.was_lost(packet.sequence):
            self._counters.late += 1
        else:
            self._counters.duplicates += 1

    def _hold(self, packet: RtpPacket, now_s: float) -> None:
        if not self._reorder.hold(packet):
            self._counters.duplicates += 1
            return
        timeline = self._timeline
        while self._reorder.is_overdue(
            self._due, packet_ticks=timeline.packet_ticks, clock_hz=timeline.clock_hz
        ):
            self._skip_lost(now_s)

    def _play_waiting(self, now_s: float) -> None:
        while (packet := self._reorder.next_in_order(self._due)) is not None:
            self._counters.reordered += 1
            self._play(packet, 0, now_s)

    def _skip_lost(self, now_s: float) -> None:
        """Give up on what is missing before the first packet that waits."""
        found = self._reorder.first_waiting(self._due)
        packet = None if found is None else self._reorder.next_in_order(found)
        if packet is None:
            return
        lost = sequence_distance(self._due, packet.sequence)
        self._counters.lost += lost
        self._reorder.note_lost(self._due, lost)
        self._play(packet, lost, now_s)
        self._play_waiting(now_s)

    def _let_go(self, now_s: float) -> None:
        while self._reorder.waiting:
            self._skip_lost(now_s)

    def _play(self, packet: RtpPacket, lost: int, now_s: float) -> None:
        self._due = (packet.sequence + 1) & 0xFFFF
        self._counters.received += 1
        self.reception.see(packet.timestamp, now_s)
        self._timeline.hear(
            packet.payload_type, packet.timestamp, packet.payload, packet.marker, lost, now_s
        )

    def _meet_newcomer(self, packet: RtpPacket, now_s: float) -> None:
        """Another SSRC, or numbers from elsewhere: believed after three packets without one of the old between them."""
        before = self._newcomers[-1] if self._newcomers else None
        follows = (
            before is not None
            and self._heard_before_newcomer == self._counters.received
            and before.ssrc == packet.ssrc
            and (before.sequence + 1) & 0xFFFF == packet.sequence
        )
        if not follows:
            self._newcomers.clear()
            self._newcomer_at_s = now_s
            self._heard_before_newcomer = self._counters.received
        self._newcomers.append(packet)
        if len(self._newcomers) == PACKETS_TO_BEGIN:
            packets, self._newcomers = self._newcomers, []
            self._let_go(now_s)
            self._timeline.begin_segment(self._newcomer_at_s)
            self._begin(packets, now_s)

    def _begin(self, packets: list[RtpPacket], now_s: float) -> None:
        self._reorder.clear()
        self._ssrc = packets[0].ssrc
        self._due = packets[0].sequence
        self.reception.begin(packets[0].sequence)
        for packet in packets:
            self._play(packet, 0, now_s)
