"""Send RTP as a telephone would, and keep what a stream hears."""

import socket
from dataclasses import dataclass, field

from domain.audio import GapCause
from media_gateway.rtp.packet import RtpPacket, serialise
from media_gateway.rtp.settings import RtpSettings

ANY_PORTS = RtpSettings(first_port=0, last_port=0)


@dataclass(slots=True)
class KeepingSink:
    """A ``SoundSink`` that remembers everything in order: bytes, (samples, cause), keys."""

    heard: list[bytes | tuple[int, GapCause]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def hear(self, sound: bytes) -> None:
        self.heard.append(sound)

    def miss(self, samples: int, cause: GapCause) -> None:
        self.heard.append((samples, cause))

    def press(self, key: str) -> None:
        self.keys.append(key)

    @property
    def sound(self) -> bytes:
        return b"".join(piece for piece in self.heard if isinstance(piece, bytes))

    @property
    def gaps(self) -> list[tuple[int, GapCause]]:
        return [piece for piece in self.heard if isinstance(piece, tuple)]


def sound_packet(
    number: int,
    *,
    payload_type: int = 0,
    samples: int = 160,
    ssrc: int = 7,
    skipped_ticks: int = 0,
    first_sequence: int = 65_533,
    first_timestamp: int = 0xFFFFFF00,
) -> RtpPacket:
    """The packet of that number in a stream whose sequence and timestamp wrap early; its bytes tell its number."""
    return RtpPacket(
        payload_type=payload_type,
        sequence=(first_sequence + number) & 0xFFFF,
        timestamp=(first_timestamp + number * samples + skipped_ticks) & 0xFFFFFFFF,
        ssrc=ssrc,
        payload=payload_of(number, samples),
    )


def payload_of(number: int, samples: int = 160) -> bytes:
    return bytes((0x80 | number & 0x7F,)) * samples


class Telephone:
    """A UDP socket of its own that sends packets to one port, ``target``."""

    def __init__(self, target: int = 0) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.target = target

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def send(self, packet: RtpPacket | bytes) -> None:
        data = packet if isinstance(packet, bytes) else serialise(packet)
        self.socket.sendto(data, ("127.0.0.1", self.target))

    def received(self) -> int:
        """How many datagrams have come and were not counted yet."""
        return len(self.take())

    def take(self) -> list[bytes]:
        """The datagrams that have come."""
        taken = []
        while True:
            try:
                taken.append(self.socket.recv(2_048))
            except BlockingIOError:
                return taken

    def close(self) -> None:
        self.socket.close()
