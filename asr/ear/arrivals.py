"""Remember when each sample reached us, for latency figures only."""

from collections import deque


class Arrivals:
    """Pairs of (one past a block's last sample, when that sample reached us), oldest first."""

    def __init__(self) -> None:
        self._blocks: deque[tuple[int, int]] = deque()
        self._last_heard_ms = 0

    def note(self, end_sample: int, heard_at_ms: int) -> None:
        self._blocks.append((end_sample, heard_at_ms))
        self._last_heard_ms = heard_at_ms

    def heard_ms(self, sample: int) -> int:
        """When the sample at this position reached us; the newest arrival for one that did not yet."""
        return next((ms for end, ms in self._blocks if end > sample), self._last_heard_ms)

    def forget_before(self, sample: int) -> None:
        while self._blocks and self._blocks[0][0] <= sample:
            self._blocks.popleft()
