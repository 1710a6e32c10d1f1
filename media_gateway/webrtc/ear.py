"""Receive a browser's sound below aiortc's jitter buffer: packets in order, decoded, on the line at once.

aiortc's own receiver keeps an audio jitter buffer that after one lost packet stays ten packets longer for the rest of
the call, and a decoder thread for every call with two unbounded queues behind it. This one takes its place on the
transport; ICE, DTLS, SRTP and the routing of packets stay aiortc's.
"""

import time
from collections.abc import Callable, Mapping

from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import AnyRtcpPacket, RtcpReceiverInfo, RtcpRrPacket, RtcpSrPacket, RtpPacket

from domain.audio import GapCause
from media_gateway.webrtc.counters import WebRtcCounters
from media_gateway.webrtc.opus import CLOCK_RATE_HZ, CLOCKS_PER_SAMPLE, SAMPLE_BYTES, OpusEar
from media_gateway.webrtc.reorder import Reorder
from media_gateway.webrtc.telephone_event import KeyEvents

CLOCKS = 1 << 32
NO_SOUND = b""
LONGEST_PAUSE_CLOCKS = CLOCK_RATE_HZ  # Opus DTX speaks every 400 ms; longer is no pause of speech
LONGEST_HOLE_CLOCKS = 600 * CLOCK_RATE_HZ  # beyond that a clock jumped

Hear = Callable[[bytes], None]
Miss = Callable[[int, GapCause], None]


class Ear:
    """One peer's audio. ``hear``, ``miss`` and ``press`` must return at once and never raise."""

    def __init__(
        self, *, hear: Hear, miss: Miss, press: Callable[[str], None], counters: WebRtcCounters
    ) -> None:
        self._hear = hear
        self._miss = miss
        self._press = press
        self._counters = counters
        self._opus = OpusEar()
        self._reorder = Reorder(self._take_in_order)
        self._keys = KeyEvents()
        self._event_types: frozenset[int] = frozenset()
        self._ssrc: int | None = None
        self._expected: int | None = None
        self._has_hole = False
        self._statistics = StreamStatistics(CLOCK_RATE_HZ)
        self._sender_report = (0, 0.0)
        self.heard_at = time.monotonic()
        """When anything of this peer last came, sound or report."""

    def expect(self, event_types: Mapping[int, int]) -> None:
        """Know the payload types that carry keys."""
        self._event_types = frozenset(event_types)

    def report(self, our_ssrc: int) -> bytes | None:
        """A receiver report (RFC 3550 6.4.2), or None while nothing came."""
        highest = self._statistics.max_seq
        if self._ssrc is None or highest is None:
            return None
        middle, at = self._sender_report
        since = time.monotonic() - at if middle else 0.0
        info = RtcpReceiverInfo(
            ssrc=self._ssrc,
            fraction_lost=self._statistics.fraction_lost,
            packets_lost=self._statistics.packets_lost,
            highest_sequence=(self._statistics.cycles + highest) & 0xFFFFFFFF,
            jitter=self._statistics.jitter,
            lsr=middle,
            dlsr=int(min(since, 65_535) * 65_536),
        )
        return bytes(RtcpRrPacket(ssrc=our_ssrc, reports=[info]))

    def close(self) -> None:
        """Nothing more will come: what waits behind a hole is heard."""
        self._reorder.flush()
        self._counters.packets_lost += self._reorder.lost
        self._counters.packets_late += self._reorder.late

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        self.heard_at = time.monotonic()
        if packet.ssrc != self._ssrc:
            self._begin(packet.ssrc)
        self._counters.packets += 1
        self._statistics.add(packet)
        sound = packet.payload
        if packet.payload_type in self._event_types:
            self._take_key(packet)
            sound = NO_SOUND  # keys share the sequence of the sound they interrupt (RFC 4733 2.6.1)
        self._reorder.take(packet.sequence_number, packet.timestamp, sound)

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        self.heard_at = time.monotonic()
        if isinstance(packet, RtcpSrPacket) and packet.ssrc == self._ssrc:
            middle = (packet.sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF
            self._sender_report = (middle, self.heard_at)

    def _handle_disconnect(self) -> None:
        """The connection says so itself; there is no thread to stop."""

    def _begin(self, ssrc: int) -> None:
        """A stream begins, or another takes its place: its numbers have nothing to do with the last one's."""
        if self._ssrc is not None:
            self.close()
        self._ssrc = ssrc
        self._expected = None
        self._reorder = Reorder(self._take_in_order)
        self._statistics = StreamStatistics(CLOCK_RATE_HZ)
        self._sender_report = (0, 0.0)

    def _take_key(self, packet: RtpPacket) -> None:
        key = self._keys.take(packet.timestamp, packet.payload)
        if key is not None:
            self._press(key)

    def _take_in_order(self, timestamp: int, payload: bytes, missing: int) -> None:
        self._has_hole = self._has_hole or bool(missing)
        if payload == NO_SOUND:
            return
        decoded = self._opus.decode(payload)
        if decoded is None:
            self._counters.packets_broken += 1
            self._has_hole = True
            return
        if self._expected is not None:
            self._bridge((timestamp - self._expected) % CLOCKS)
        pcm, clocks = decoded
        self._expected = (timestamp + clocks) % CLOCKS
        self._has_hole = False
        if pcm:
            self._hear(pcm)

    def _bridge(self, clocks: int) -> None:
        """Account for the time between two packets. A clock that jumped or ran backwards is no time."""
        if not 0 < clocks < LONGEST_HOLE_CLOCKS:
            return
        samples = clocks // CLOCKS_PER_SAMPLE
        if self._has_hole:
            self._miss(samples, GapCause.NETWORK)
        elif clocks <= LONGEST_PAUSE_CLOCKS:
            self._hear(bytes(samples * SAMPLE_BYTES))  # discontinuous transmission, or a key
        else:
            self._miss(samples, GapCause.PAUSED)
