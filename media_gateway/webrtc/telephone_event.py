"""Read telephone keys out of RTP telephone events (RFC 4733)."""

KEYS = "0123456789*#ABCD"
EVENT_BYTES = 4


class KeyEvents:
    """The keys of one stream: each press once, however often its packets are repeated (RFC 4733 2.5.1.2)."""

    def __init__(self) -> None:
        self._last: int | None = None

    def take(self, timestamp: int, payload: bytes) -> str | None:
        """The key when a press begins; None for its other packets and for what is no key.

        All packets of one press carry the timestamp of its beginning, so losing the first of them loses no key.
        """
        if len(payload) < EVENT_BYTES or payload[0] >= len(KEYS) or timestamp == self._last:
            return None
        self._last = timestamp
        return KEYS[payload[0]]
