"""Cut a byte stream into SIP messages by their Content-Length (RFC 3261 §18.3), keep-alives apart (RFC 5626 §3.5.1)."""

import re

from domain.errors import InputError

HEAD_AT_MOST_BYTES = 64 * 1024
BODY_AT_MOST_BYTES = 256 * 1024
PING = b"\r\n\r\n"
PONG = b"\r\n"

_LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,9})[ \t]*\r?$", re.I | re.M)


class Framer:
    """What has arrived on one connection and is not yet a message."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._searched = 0  # before this there is no end of a head
        self.pings = 0

    @property
    def is_within_message(self) -> bool:
        return bool(self._waiting)

    def take(self, data: bytes) -> list[bytes]:
        """The messages that are complete now. Raises InputError when the stream cannot be SIP: then it has no frames."""
        self._waiting += data
        messages = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    def _next(self) -> bytes | None:
        self._drop_pings()
        end = self._waiting.find(b"\r\n\r\n", self._searched)
        if end < 0:
            self._searched = max(0, len(self._waiting) - 3)
            if len(self._waiting) > HEAD_AT_MOST_BYTES:
                raise InputError(
                    "media_gateway.sip_head",
                    f"expected headers of at most {HEAD_AT_MOST_BYTES} bytes, got more",
                )
            return None
        self._searched = end
        size = end + 4 + self._body_bytes(bytes(self._waiting[:end]))
        if len(self._waiting) < size:
            return None
        message = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._searched = 0
        return message

    def _drop_pings(self) -> None:
        while self._searched == 0 and self._waiting.startswith(b"\r\n"):
            if self._waiting.startswith(PING):
                self.pings += 1
                del self._waiting[:4]
            elif len(self._waiting) > 3 or self._waiting == PONG:
                del self._waiting[:2]
            else:
                return

    @staticmethod
    def _body_bytes(head: bytes) -> int:
        """RFC 3261 §20.14: on a stream Content-Length is a must; without one the message has no body."""
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        if length > BODY_AT_MOST_BYTES:
            raise InputError(
                "media_gateway.sip_body",
                f"expected a body of at most {BODY_AT_MOST_BYTES} bytes, got {length}",
            )
        return length
