"""Know every wire that a call can be placed over; a wire's libraries are loaded when it is used."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from domain.errors import InputError
from media_gateway.client.address import host_of
from media_gateway.client.at_rate import AtRate
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source

OnSent = Callable[[int], None]


class Call(Protocol):
    """One call over any wire."""

    async def run(self, source: Source) -> Farewell: ...
    async def press(self, key: str) -> None: ...
    def hang_up(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WireClient:
    """Where a wire's client is. ``known_as`` is what the product calls the wire in its own records.

    ``at`` is the usual address on the product's host, None where it is the product's own address; ``takes`` names what
    its client wants beside an address. ``carries_hz`` is the only rate the wire has, if its client does not resample.
    """

    module: str
    name: str
    known_as: str
    at: str | None = None
    takes: frozenset[str] = frozenset()
    carries_hz: int | None = None

    def address(self, product: str) -> str:
        """Where it usually is on the host of a product."""
        return product if self.at is None else self.at.format(host=host_of(product))

    def carried(self, source: Source) -> Source:
        """The source at a rate that the wire has."""
        if self.carries_hz in (None, source.sample_rate_hz):
            return source
        return AtRate(source, self.carries_hz)


WIRES = {
    "audio_fork": WireClient(module="audio_fork", name="AudioForkCall", known_as="jambonz"),
    "audiohook": WireClient(
        module="audiohook",
        name="AudioHookCall",
        known_as="audiohook",
        takes=frozenset({"key"}),
        carries_hz=8_000,
    ),
    "twilio": WireClient(module="twilio", name="TwilioCall", known_as="twilio"),
    "audio_stream": WireClient(
        module="audio_stream", name="AudioStreamCall", known_as="mod_audio_stream"
    ),
    "asterisk": WireClient(module="asterisk_media", name="AsteriskCall", known_as="asterisk"),
    "audiosocket": WireClient(
        module="audiosocket",
        name="AudioSocketCall",
        known_as="audiosocket",
        at="tcp://{host}:9092",
        takes=frozenset({"product"}),
    ),
    "webrtc": WireClient(
        module="webrtc", name="WebRtcCall", known_as="webrtc", takes=frozenset({"token"})
    ),
    "sip": WireClient(module="sip", name="SipCall", known_as="sip", at="sip:{host}:5060"),
    "siprec": WireClient(
        module="siprec", name="SiprecCall", known_as="siprec", at="sip:{host}:5060"
    ),
    "rtp": WireClient(module="rtp", name="RtpCall", known_as="rtp"),
    "file": WireClient(
        module="file_wire", name="FileCall", known_as="file", takes=frozenset({"fast"})
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A call somebody wants placed. ``at`` None: where the wire usually is on the product's host.

    ``key`` is what the wire wants to see: AudioHook's ``id:base64-secret``, WebRTC's token.
    """

    wire: str
    product: str
    metadata: Metadata
    at: str | None = None
    fast: bool = False
    key: str | None = None
    on_sent: OnSent | None = None


def wire_client(wire: str) -> WireClient:
    """Raises InputError on a wire nobody speaks."""
    if wire not in WIRES:
        raise InputError("call.wire", f"expected one of {', '.join(WIRES)}, got {wire!r}")
    return WIRES[wire]


def new_call(order: Order) -> Call:
    """A call ready to run. Raises InputError when the order cannot be understood."""
    client = wire_client(order.wire)
    extras = _extras(order, client)
    make: Callable[..., Any] = getattr(import_module(f"{__package__}.{client.module}"), client.name)
    call: Call = make(
        address=order.at or client.address(order.product),
        metadata=order.metadata,
        on_sent=order.on_sent,
        **extras,
    )
    return call


def _extras(order: Order, client: WireClient) -> dict[str, object]:
    if order.fast and "fast" not in client.takes:
        raise InputError(
            "call.fast",
            f"only a file can come faster than time, not {order.wire}; leave out --fast",
        )
    if order.key is not None and client.takes.isdisjoint({"key", "token"}):
        raise InputError("call.key", f"{order.wire} has no key; leave out --key")
    values: dict[str, object] = {
        "product": order.product,
        "fast": order.fast,
        "token": order.key,
        "key": None if order.key is None else _id_and_secret(order.key),
    }
    return {name: value for name, value in values.items() if name in client.takes}


def _id_and_secret(key: str) -> tuple[str, str]:
    key_id, _, secret = key.partition(":")
    return key_id, secret
