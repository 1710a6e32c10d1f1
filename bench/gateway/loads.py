"""Say what each wire's two-leg call puts on its socket, so that a bare loop can be given the same."""

from dataclasses import dataclass
from enum import StrEnum


class Transport(StrEnum):
    """The socket library underneath a wire; a bare loop of it is the peer."""

    WEBSOCKET = "websocket"
    TCP = "tcp"
    UDP = "udp"
    WEBRTC = "webrtc"


@dataclass(frozen=True, slots=True, kw_only=True)
class WireLoad:
    """One two-leg call of 8 kHz, 20 ms at a time.

    Each of its ``sockets`` carries ``messages`` every 20 ms; a message holds ``legs_a_message`` legs.
    """

    wire: str
    transport: Transport
    sockets: int
    messages: int = 1
    legs_a_message: int = 1
    calls: int = 200

    @property
    def frames_per_call_s(self) -> int:
        """Messages a second of one two-leg call."""
        return 50 * self.sockets * self.messages


LOADS = (
    WireLoad(wire="audio_fork", transport=Transport.WEBSOCKET, sockets=1, legs_a_message=2, calls=400),
    WireLoad(wire="audio_stream", transport=Transport.WEBSOCKET, sockets=1, legs_a_message=2, calls=400),
    WireLoad(wire="audiohook", transport=Transport.WEBSOCKET, sockets=1, legs_a_message=2, calls=400),
    WireLoad(wire="twilio", transport=Transport.WEBSOCKET, sockets=1, messages=2),
    WireLoad(wire="asterisk", transport=Transport.WEBSOCKET, sockets=2),
    WireLoad(wire="audiosocket", transport=Transport.TCP, sockets=2),
    WireLoad(wire="rtp", transport=Transport.UDP, sockets=2),
    WireLoad(wire="srtp", transport=Transport.UDP, sockets=2),
    WireLoad(wire="siprec", transport=Transport.UDP, sockets=2, calls=30),
    WireLoad(wire="sip", transport=Transport.UDP, sockets=2, calls=30),
    WireLoad(wire="webrtc", transport=Transport.WEBRTC, sockets=2, calls=4),
)  # fmt: skip
