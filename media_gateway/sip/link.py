"""Describe a way to one peer: a datagram port and an address, or a connection."""

from typing import Protocol

Address = tuple[str, int]


class Link(Protocol):
    """Where a message came from and its answer goes to. ``send`` never waits and never raises."""

    @property
    def transport(self) -> str:
        """UDP, TCP or TLS: as it is written in Via."""
        ...

    @property
    def peer(self) -> Address: ...

    @property
    def local(self) -> Address:
        """Our own end, as the socket knows it."""
        ...

    @property
    def is_reliable(self) -> bool: ...

    @property
    def is_alive(self) -> bool: ...

    def send(self, data: bytes) -> None: ...
    def beside(self, port: int) -> "Link":
        """The way to another port of the same peer; a connection is its own."""
        ...


class Receive(Protocol):
    """What takes a message off a link, at once."""

    def __call__(self, data: bytes, link: Link) -> None: ...
