"""Stand in for a SIP socket, and keep what was sent."""

from dataclasses import dataclass, field

from media_gateway.sip.link import Address


@dataclass(slots=True)
class FakeLink:
    """A way to a peer that always stands."""

    peer: Address = ("127.0.0.1", 5060)
    local: Address = ("127.0.0.1", 5060)
    transport: str = "UDP"
    is_reliable: bool = False
    is_alive: bool = True
    sent: list[bytes] = field(default_factory=list)

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def beside(self, port: int) -> "FakeLink":
        return FakeLink(peer=(self.peer[0], port), local=self.local, sent=self.sent)
