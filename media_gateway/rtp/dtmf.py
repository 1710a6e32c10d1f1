"""Hear and send telephone keys as RTP events (RFC 4733)."""

import struct

EVENT = struct.Struct(">BBH")
KEYS = "0123456789*#ABCD"
_END, _VOLUME = 0x80, 0x3F
SENT_VOLUME = 10  # -10 dBm0, as telephones send it
LONGEST_TICKS = 0xFFFF
END_PACKETS = 3  # RFC 4733 2.5.1.4: the end is said three times


class KeyEar:
    """Hear each press once, of which a dozen packets tell; any one of them is enough."""

    def __init__(self) -> None:
        self._timestamp = -1
        self._event = -1
        self._duration = 0
        self._has_ended = True

    def hear(self, payload: bytes, *, timestamp: int, marker: bool) -> str | None:
        """The key that was pressed, when these bytes are the first we learn of it."""
        if len(payload) < EVENT.size:
            return None
        event, flags, duration = EVENT.unpack_from(payload)
        known = event == self._event and (
            timestamp == self._timestamp or self._goes_on(duration, marker)
        )
        self._event, self._timestamp, self._duration = event, timestamp, duration
        self._has_ended = bool(flags & _END)
        return KEYS[event] if not known and event < len(KEYS) else None

    def _goes_on(self, duration: int, marker: bool) -> bool:
        """Some gateways let the timestamp run on through one press, against section 2.5.1.2."""
        return not marker and not self._has_ended and duration > self._duration


def event_of(key: str) -> int | None:
    """The event code of a key; None for what is no telephone key."""
    event = KEYS.find(key.upper()) if len(key) == 1 else -1
    return None if event < 0 else event


def key_payload(event: int, *, duration_ticks: int, is_end: bool) -> bytes:
    flags = SENT_VOLUME & _VOLUME | (_END if is_end else 0)
    return EVENT.pack(event, flags, min(duration_ticks, LONGEST_TICKS))
