"""Put packets back in order, and give up on those that are too late.

What comes in order never waits here: the receiver passes it straight through. A packet that came too early waits until
the missing one has come, or until the stream's own time says that it is ``jitter`` late; no timer decides that.
"""

from collections import deque

from media_gateway.rtp.packet import RtpPacket
from media_gateway.rtp.unwrapping import sequence_distance, timestamp_distance

MOST_WAITING = 16
REMEMBERED_LOSSES = 256


class Reorder:
    """Packets that came before their turn, by sequence number."""

    def __init__(self, *, jitter_ms: int) -> None:
        self._jitter_ms = jitter_ms
        self.waiting: dict[int, RtpPacket] = {}
        self._newest_timestamp = 0
        self._lost: deque[int] = deque(maxlen=REMEMBERED_LOSSES)

    def hold(self, packet: RtpPacket) -> bool:
        """Let a packet wait for its turn; False when the same one waits already."""
        if packet.sequence in self.waiting:
            return False
        self.waiting[packet.sequence] = packet
        self._newest_timestamp = packet.timestamp
        return True

    def next_in_order(self, sequence: int) -> RtpPacket | None:
        """The packet whose turn it is, if it waits here."""
        return self.waiting.pop(sequence, None)

    def is_overdue(self, sequence: int, *, packet_ticks: int, clock_hz: int) -> bool:
        """Whether the last packet missing after ``sequence`` has had its time, by what came after it."""
        first = self.first_waiting(sequence)
        if first is None:
            return False
        ahead_ticks = timestamp_distance(self.waiting[first].timestamp, self._newest_timestamp)
        late_ms = (ahead_ticks + packet_ticks) * 1000 // (clock_hz or 1)
        return late_ms >= self._jitter_ms or len(self.waiting) >= MOST_WAITING

    def first_waiting(self, sequence: int) -> int | None:
        """The waiting number that comes soonest after ``sequence``."""
        if not self.waiting:
            return None
        return min(self.waiting, key=lambda waiting: sequence_distance(sequence, waiting))

    def note_lost(self, sequence: int, count: int) -> None:
        """Remember that we gave up on these, to tell a late packet from a duplicate."""
        kept = min(count, REMEMBERED_LOSSES)
        self._lost.extend((sequence + count - kept + i) & 0xFFFF for i in range(kept))

    def was_lost(self, sequence: int) -> bool:
        """Whether we gave up on it; a second copy of it is a duplicate."""
        if sequence not in self._lost:
            return False
        self._lost.remove(sequence)
        return True

    def clear(self) -> None:
        self.waiting.clear()
        self._lost.clear()
