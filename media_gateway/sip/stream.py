"""Carry SIP over TCP and TLS connections, whoever opened them."""

import asyncio
import logging
from collections.abc import Callable

from domain.errors import InputError
from media_gateway.sip.framing import PONG, Framer
from media_gateway.sip.link import Address, Receive

log = logging.getLogger(__name__)

UNSENT_AT_MOST_BYTES = 1024 * 1024  # a peer that does not read is let go
WHOLE_MESSAGE_WITHIN_S = 15  # from its first byte


class StreamLink(asyncio.Protocol):
    """One connection. What cannot be SIP closes it: a stream without frames has no next message."""

    is_reliable = True

    def __init__(
        self,
        receive: Receive,
        *,
        transport: str,
        welcome: Callable[["StreamLink"], bool],
        forget: Callable[["StreamLink"], None],
    ) -> None:
        self.transport = transport
        self.peer: Address = ("", 0)
        self.local: Address = ("", 0)
        self._receive = receive
        self._welcome = welcome
        self._forget = forget
        self._framer = Framer()
        self._socket: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_alive(self) -> bool:
        return self._socket is not None and not self._socket.is_closing()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._socket = transport
        self.peer = transport.get_extra_info("peername")[:2]
        self.local = transport.get_extra_info("sockname")[:2]
        if not self._welcome(self):
            transport.abort()

    def data_received(self, data: bytes) -> None:
        try:
            messages = self._framer.take(data)
        except InputError as error:
            log.warning(
                "a SIP connection was closed",
                extra={"code": error.code, "why": error.message, "peer": self.peer[0]},
            )
            self.close()
            return
        while self._framer.pings:
            self._framer.pings -= 1
            self.send(PONG)
        self._watch(has_message=bool(messages))
        for message in messages:
            self._receive(message, self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._forget(self)

    def send(self, data: bytes) -> None:
        if self._socket is None or self._socket.is_closing():
            return
        self._socket.write(data)
        if self._socket.get_write_buffer_size() > UNSENT_AT_MOST_BYTES:
            log.warning(
                "a SIP connection was closed",
                extra={"code": "media_gateway.sip_unread", "peer": self.peer[0]},
            )
            self._socket.abort()

    def beside(self, port: int) -> "StreamLink":
        return self

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def _watch(self, *, has_message: bool) -> None:
        """A message that was begun has to end."""
        if self._deadline is not None and (has_message or not self._framer.is_within_message):
            self._deadline.cancel()
            self._deadline = None
        if self._deadline is None and self._framer.is_within_message:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(WHOLE_MESSAGE_WITHIN_S, self._give_up)

    def _give_up(self) -> None:
        log.warning(
            "a SIP connection was closed",
            extra={"code": "media_gateway.sip_slow", "peer": self.peer[0]},
        )
        if self._socket is not None:
            self._socket.abort()
