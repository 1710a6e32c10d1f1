"""Hold the volatile events that one listener has not heard yet; never more than it may."""

from collections.abc import Hashable

from bus.port import Lag
from domain.envelope import Envelope
from domain.events import TranscriptRevised


class VolatileBox:
    """Waiting volatile events, oldest first. Each remembers the last fact that was logged before it."""

    def __init__(self, lag: Lag, size: int) -> None:
        self._lag = lag
        self._size = size
        self._waiting: dict[Hashable, tuple[int, Envelope]] = {}
        self.dropped = 0

    def put(self, envelope: Envelope, after_position: int) -> None:
        """Keep it, and drop what its policy says."""
        key = _key(envelope) if self._lag is Lag.LATEST_PER_KEY else envelope.event_id
        if self._waiting.pop(key, None) is not None:
            self.dropped += 1
        elif len(self._waiting) >= self._size:
            del self._waiting[next(iter(self._waiting))]
            self.dropped += 1
        self._waiting[key] = (after_position, envelope)

    def take(self, heard_to: int) -> Envelope | None:
        """The oldest one that no unheard fact precedes."""
        for key, (after_position, envelope) in self._waiting.items():
            if after_position > heard_to:
                return None
            del self._waiting[key]
            return envelope
        return None

    def has_due(self, heard_to: int) -> bool:
        return any(after <= heard_to for after, _ in self._waiting.values())


def _key(envelope: Envelope) -> Hashable:
    event = envelope.event
    segment = event.segment.segment_id if isinstance(event, TranscriptRevised) else None
    return (type(event).__name__, envelope.call_id, segment)
