"""Keep the newest facts at hand, so that listeners in step never ask the log."""

from collections import deque
from collections.abc import Collection
from itertools import islice

from domain.envelope import Envelope


class Tail:
    """An unbroken run of the newest facts; a hole empties it, and the log is asked until it has grown again."""

    def __init__(self, size: int) -> None:
        self._facts: deque[Envelope] = deque(maxlen=size)
        self.last_position = 0

    def add(self, envelope: Envelope) -> None:
        """Take a fact that was just logged."""
        position = envelope.position
        if position is None or (self._facts and position != self.last_position + 1):
            self.forget()
        if position is not None and position > self.last_position:
            self._facts.append(envelope)
            self.last_position = position

    def forget(self) -> None:
        """Trust only the log until the next fact."""
        self._facts.clear()

    def after(self, position: int, kinds: Collection[str], limit: int) -> list[Envelope] | None:
        """Facts of these kinds above ``position``, or None when the run does not reach back that far."""
        if not self._facts:
            return None
        first = self.last_position - len(self._facts) + 1
        if position + 1 < first:
            return None
        newer = islice(self._facts, position + 1 - first, None)
        return list(islice((e for e in newer if type(e.event).__name__ in kinds), limit))
