"""Name every wire a fault is tried on: who places a call over it, and what its sound is when it arrives."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol
from uuid import uuid4

import pytest

from media_gateway.client.metadata import Metadata
from media_gateway.client.pacing import Pacer
from media_gateway.client.wires import WIRES, Call
from media_gateway.codecs import Encoding, decoded, encoded

AHEAD_S = 3.0
"""How much is sent at once at the beginning of a call: within every burst allowance."""


class Addressed(Protocol):
    """A house, in this process or another."""

    @property
    def address(self) -> str: ...

    def at(self, wire: str) -> str: ...


def _as_sent(pcm: bytes) -> bytes:
    return pcm


def _as_ulaw(pcm: bytes) -> bytes:
    return decoded(encoded(pcm, Encoding.PCMU), Encoding.PCMU)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultWire:
    """``heard`` is what arrives of PCM at 8 kHz. ``ahead_s`` may be sent at once: where a datagram may be lost, nothing."""

    name: str
    heard: Callable[[bytes], bytes] = _as_sent
    ahead_s: float = AHEAD_S

    def new_call(
        self,
        house: Addressed,
        title: str,
        *,
        on_sent: Callable[[int], None] | None = None,
        pacer: Pacer | None = None,
        at: str | None = None,
    ) -> Call:
        """A call that is ready to run. ``at``: another address than the house's own."""
        client = WIRES[self.name]
        make = getattr(import_module(f"media_gateway.client.{client.module}"), client.name)
        product = {"product": house.address} if "product" in client.takes else {}
        call: Call = make(
            address=at or house.at(self.name),
            metadata=Metadata(title=title, wire_call_id=str(uuid4()), caller_number="13800000000"),
            on_sent=on_sent,
            pacer=pacer or HeadStart(self.ahead_s),
            **product,
        )
        return call


class HeadStart(Pacer):
    """Send what is due by then at once, and from there on in real time."""

    def __init__(self, ahead_s: float) -> None:
        super().__init__()
        self._ahead_s = ahead_s

    async def due(self, position_s: float) -> None:
        await super().due(max(position_s - self._ahead_s, 0.0))


AUDIO_FORK = FaultWire(name="audio_fork")
STREAM_WIRES = (
    AUDIO_FORK,
    FaultWire(name="audio_stream"),
    FaultWire(name="twilio", heard=_as_ulaw),
    FaultWire(name="asterisk", heard=_as_ulaw),
    FaultWire(name="audiohook", heard=_as_ulaw),
    FaultWire(name="audiosocket"),
)
"""Those over TCP: nothing is lost on the way, so every sample must arrive."""
DATAGRAM_WIRES = (
    FaultWire(name="rtp", heard=_as_ulaw, ahead_s=0.0),
    FaultWire(name="sip", heard=_as_ulaw, ahead_s=0.0),
    FaultWire(name="siprec", heard=_as_ulaw, ahead_s=0.0),
    FaultWire(name="webrtc", ahead_s=0.0),
)
EVERY_WIRE = STREAM_WIRES + DATAGRAM_WIRES
# One of each way to come in; the others share their code, and run with the tests marked slow.
ALWAYS = frozenset({"audio_fork", "audiohook", "audiosocket", "rtp", "sip"})


def over(*wires: FaultWire) -> pytest.MarkDecorator:
    """Try a fault on each of these wires."""
    cases = [
        pytest.param(wire, marks=[] if wire.name in ALWAYS else pytest.mark.slow) for wire in wires
    ]
    return pytest.mark.parametrize("wire", cases, ids=[wire.name for wire in wires])
