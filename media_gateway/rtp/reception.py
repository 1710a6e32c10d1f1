"""Keep the figures of a reception report: loss, jitter, and when the sender last reported (RFC 3550 section 6.4)."""

from media_gateway.rtp.rtcp import ReceptionReport
from media_gateway.rtp.unwrapping import SequenceCount

_UNITS_PER_S = 65_536
_FAR_S = 1.0  # a larger step is a new segment, not jitter


class Reception:
    """What we could tell the source we hear about how well we hear it."""

    def __init__(self) -> None:
        self._clock_hz = 8_000
        self._count = SequenceCount(0)
        self._received = 0
        self._told_expected = 0
        self._told_received = 0
        self._transit = 0.0
        self._jitter = 0.0
        self._report_ntp = 0
        self._report_at_s = 0.0

    def begin(self, sequence: int) -> None:
        self._count = SequenceCount(sequence)
        self._received = self._told_expected = self._told_received = 0
        self._jitter = 0.0

    def tell_clock(self, clock_hz: int) -> None:
        self._clock_hz = clock_hz

    def see(self, timestamp: int, now_s: float) -> None:
        """One packet was played (appendix A.8)."""
        self._received += 1
        transit = now_s - timestamp / self._clock_hz
        step = transit - self._transit
        self._transit = transit
        if -_FAR_S < step < _FAR_S:
            self._jitter += ((step if step > 0 else -step) - self._jitter) * 0.0625

    def note_report(self, ntp: int, now_s: float) -> None:
        """The source reported; it measures the way there and back by our echo of it."""
        self._report_ntp = ntp >> 16 & 0xFFFFFFFF
        self._report_at_s = now_s

    def report(self, ssrc: int, last_sequence: int, now_s: float) -> ReceptionReport:
        self._count.see(last_sequence)
        expected, received = self._count.expected, self._received
        expected_now = expected - self._told_expected
        lost_now = max(expected_now - (received - self._told_received), 0)
        self._told_expected, self._told_received = expected, received
        since_s = now_s - self._report_at_s if self._report_ntp else 0.0
        return ReceptionReport(
            ssrc=ssrc,
            fraction_lost=min(lost_now * 256 // expected_now, 255) if expected_now > 0 else 0,
            lost=expected - received,
            highest_sequence=self._count.highest,
            jitter=int(self._jitter * self._clock_hz),
            last_report=self._report_ntp,
            since_last_report=int(since_s * _UNITS_PER_S),
        )
