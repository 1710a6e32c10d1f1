"""Put RTP packets back into their order, and know which will not come.

A browser's packets are handed on the moment they are in order: nothing here keeps a playout delay, so a lost packet
costs those behind it a few milliseconds once and never shifts the stream. Time is told by RTP timestamps, so whoever
listens needs no steady flow.
"""

from collections.abc import Callable

SEQUENCES = 1 << 16
PATIENCE = 4  # packets behind a hole before it is given up: 80 ms, more than Wi-Fi reorders
FAR = 3_000  # RFC 3550 A.1 MAX_DROPOUT: further ahead than this is a new beginning
BEHIND = 100  # RFC 3550 A.1 MAX_MISORDER: further behind than this is one too

Deliver = Callable[[int, bytes, int], None]
"""RTP timestamp, payload, and how many packets are missing just before it."""


class Reorder:
    """One RTP stream. ``deliver`` is called in the order of sequence numbers, each number once."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._next: int | None = None
        self._waiting: dict[int, tuple[int, bytes]] = {}
        self.lost = 0
        self.late = 0

    def take(self, sequence: int, timestamp: int, payload: bytes) -> None:
        """A packet came."""
        if self._next is None:
            self._next = sequence
        ahead = (sequence - self._next) % SEQUENCES
        if ahead == 0 and not self._waiting:
            self._next = (sequence + 1) % SEQUENCES
            self._deliver(timestamp, payload, 0)
        elif ahead <= FAR:
            self._waiting.setdefault(sequence, (timestamp, payload))
            self._hand_on()
        elif ahead >= SEQUENCES - BEHIND:
            self.late += 1
        else:
            self._begin_anew(sequence, timestamp, payload)

    def flush(self) -> None:
        """No more will come: hand on what still waits behind a hole."""
        while self._waiting:
            self._skip_hole()

    def _hand_on(self) -> None:
        self._deliver_run(0)
        while len(self._waiting) >= PATIENCE:
            self._skip_hole()

    def _skip_hole(self) -> None:
        first = min(self._waiting, key=self._ahead)
        missing = self._ahead(first)
        self.lost += missing
        self._next = first
        self._deliver_run(missing)

    def _deliver_run(self, missing: int) -> None:
        """Hand on what follows without a hole."""
        while self._next is not None and (packet := self._waiting.pop(self._next, None)):
            self._next = (self._next + 1) % SEQUENCES
            self._deliver(*packet, missing)
            missing = 0

    def _begin_anew(self, sequence: int, timestamp: int, payload: bytes) -> None:
        self.flush()
        self._next = (sequence + 1) % SEQUENCES
        self._deliver(timestamp, payload, 0)

    def _ahead(self, sequence: int) -> int:
        return (sequence - (self._next or 0)) % SEQUENCES
