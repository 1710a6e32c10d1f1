"""Read and write AudioSocket frames: pure, no socket, no clock.

A frame is a kind byte, a big-endian 16-bit length and as many bytes. Any bytes are frames of some kind, so reading never
fails; what a frame means may.
"""

from uuid import UUID

from domain.errors import InputError

HANG_UP = 0x00
CALL = 0x01  # 16 bytes: the call's UUID, always first
KEY = 0x03  # one ASCII character
AUDIO = range(0x10, 0x20)
FAILURE = 0xFF  # one byte says what failed in Asterisk

HEADER_BYTES = 3
MOST_PAYLOAD_BYTES = 0xFFFF
UUID_BYTES = 16
KEYS = frozenset("0123456789*#ABCD")
CALLER_HUNG_UP = 0x01
FAILURES = {
    CALLER_HUNG_UP: "the caller hung up",
    0x02: "Asterisk could not forward a frame",
    0x04: "Asterisk ran out of memory",
}

Frame = tuple[int, bytes]
"""A kind and its payload; fifty a second come on each leg, too many for an object each."""


class FrameReader:
    """Cut a stream into frames, however the network cut it. It never holds more than one unfinished frame."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def is_inside_a_frame(self) -> bool:
        """Whether the stream must not end here."""
        return bool(self._rest)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete now, in order."""
        if self._rest:
            data = self._rest + data
        frames: list[Frame] = []
        at, end = 0, len(data)
        while end - at >= HEADER_BYTES:
            body = at + HEADER_BYTES
            beyond = body + (data[at + 1] << 8 | data[at + 2])
            if beyond > end:
                break
            frames.append((data[at], data[body:beyond]))
            at = beyond
        self._rest = data[at:]
        return frames


def frame(kind: int, payload: bytes = b"") -> bytes:
    """The payload may hold 65,535 bytes at most."""
    return bytes((kind,)) + len(payload).to_bytes(2, "big") + payload


def call_frame(uuid: UUID) -> bytes:
    return frame(CALL, uuid.bytes)


def key_frame(key: str) -> bytes:
    return frame(KEY, key.encode("ascii"))


def call_of(first: Frame) -> UUID:
    """Whose connection this is. Raises InputError when it does not begin with that."""
    kind, payload = first
    if kind != CALL or len(payload) != UUID_BYTES:
        raise InputError(
            "media_gateway.audiosocket_uuid",
            f"expected the call's UUID first (kind 0x01, 16 bytes), got kind 0x{kind:02x} of {len(payload)} bytes",
        )
    return UUID(bytes=payload)


def key_of(payload: bytes) -> str | None:
    """The telephone key, or None when there is no such key."""
    key = payload.decode("latin-1").upper()
    return key if key in KEYS else None


def failure_of(payload: bytes) -> str:
    """What Asterisk says went wrong."""
    code = payload[0] if payload else 0
    return FAILURES.get(code, f"Asterisk reported error 0x{code:02x}")
