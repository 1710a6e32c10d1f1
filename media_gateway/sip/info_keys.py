"""Read telephone keys out of INFO bodies: application/dtmf-relay and application/dtmf."""

import re

from domain.errors import InputError

RELAY = "application/dtmf-relay"
PLAIN = "application/dtmf"
KEY_TYPES = frozenset({RELAY, PLAIN})

_SIGNAL = re.compile(r"^\s*Signal\s*=\s*(\S{1,2})\s*$", re.IGNORECASE | re.MULTILINE)
_NUMBERED = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}  # RFC 4733's events
_KEYS = frozenset("0123456789*#ABCD")


def read_key(content_type: str, body: bytes) -> str:
    """One of 0-9 * # A-D. Raises InputError when the body names none: hook flash is not a key."""
    text = body[:256].decode("ascii", errors="replace")
    signal = text.strip()
    if content_type == RELAY:
        found = _SIGNAL.search(text.replace("\r", "\n"))
        signal = found[1] if found else ""
    key = _NUMBERED.get(signal, signal.upper())
    if key not in _KEYS:
        raise InputError(
            "media_gateway.sip_key", "expected a key 0-9, *, # or A-D in the INFO, got none"
        )
    return key


def write_key(key: str, *, duration_ms: int = 160) -> bytes:
    """A body of type application/dtmf-relay."""
    return f"Signal={key}\r\nDuration={duration_ms}\r\n".encode()
