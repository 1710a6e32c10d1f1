"""Carry SIP in datagrams.

Of aiosipua's transports only the idea is used: its UDP logs and drops where RFC 3261 wants an answer, and its TCP starts
a task for every message that nobody owns, lets a peer that does not read fill the memory, and knows no TLS.
"""

import asyncio
import socket
from functools import lru_cache

from media_gateway.sip.link import Address, Receive

_WILD = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound here


class UdpLink:
    """One peer of our port."""

    __slots__ = ("_transport", "local", "peer")

    transport = "UDP"
    is_reliable = False

    def __init__(
        self, transport: asyncio.DatagramTransport, *, local: Address, peer: Address
    ) -> None:
        self._transport = transport
        self.local = local
        self.peer = peer

    @property
    def is_alive(self) -> bool:
        return not self._transport.is_closing()

    def send(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(data, self.peer)

    def beside(self, port: int) -> "UdpLink":
        if not 0 < port < 65_536:
            return self
        return UdpLink(self._transport, local=self.local, peer=(self.peer[0], port))


class UdpPort(asyncio.DatagramProtocol):
    """Our port: every datagram is one message."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._transport: asyncio.DatagramTransport | None = None
        self._bound: Address = ("", 0)

    @property
    def number(self) -> int:
        return self._bound[1]

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport
        self._bound = transport.get_extra_info("sockname")[:2]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._receive(data, self.link_to((addr[0], addr[1])))

    def error_received(self, exc: Exception) -> None:
        """A peer's port is closed: its transaction will time out."""

    def link_to(self, peer: Address) -> UdpLink:
        assert self._transport is not None  # noqa: S101 - nobody has the port before it is open
        host = self._bound[0]
        if host in _WILD:
            host = address_towards(peer[0]) or host
        return UdpLink(self._transport, local=(host, self._bound[1]), peer=peer)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@lru_cache(maxsize=1_024)
def address_towards(host: str) -> str | None:
    """Our own address on the way to a host, as the routing table says; nothing is sent."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])
