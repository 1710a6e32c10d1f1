"""Read and write Asterisk's media WebSocket (chan_websocket): pure, no socket, no clock.

Binary messages are sound in the channel's codec. Text messages are events from Asterisk and commands to it, as plain
lines or as JSON; which of the two, its first event shows. Nothing a stranger sends raises anything but InputError.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.audio import KNOWN_RATES_HZ, Leg
from domain.errors import InputError
from media_gateway.codecs import Encoding
from media_gateway.offer import CallOffer
from media_gateway.wires.audio_fork import KEYS, KeyOnWire, Unknown
from media_gateway.wires.audio_fork_metadata import offer_from
from media_gateway.wires.json_text import MAX_TEXT, json_object, json_text, label

SUBPROTOCOL = "media"
LONGEST_COMMAND_BYTES = 127  # Asterisk passes over longer texts
LONGEST_SOUND_BYTES = 32_000  # it hangs up when a message is above 65,500
FRAME_MS = 20


class Spelling(StrEnum):
    """How a connection writes its texts: ``f(plain-text)`` or ``f(json)`` in the dial string."""

    PLAIN = "plain-text"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """What a channel's ``format`` means."""

    encoding: Encoding
    rate_hz: int

    @property
    def frame_bytes(self) -> int:
        """20 ms of it."""
        return self.rate_hz * FRAME_MS // 1000 * self.encoding.sample_bytes


# Names of Asterisk's format cache. slin is in the byte order of its host, little-endian on all that matter.
# What cannot be cut at any byte (opus, g722 and other packet codecs) is not for recognition: dial with c(slin16).
CODECS = {
    "ulaw": Codec(encoding=Encoding.PCMU, rate_hz=8_000),
    "alaw": Codec(encoding=Encoding.PCMA, rate_hz=8_000),
    "slin": Codec(encoding=Encoding.L16, rate_hz=8_000),
    "slin16": Codec(encoding=Encoding.L16, rate_hz=16_000),
    "slin24": Codec(encoding=Encoding.L16, rate_hz=24_000),
    "slin32": Codec(encoding=Encoding.L16, rate_hz=32_000),
    "slin44": Codec(encoding=Encoding.L16, rate_hz=44_100),
    "slin48": Codec(encoding=Encoding.L16, rate_hz=48_000),
}
# The first releases (20.16, 21.11, 22.6, 23.0) did not say the format, only how long 20 ms of it are; 160 bytes could
# be alaw as well, which the address can say: v(format=alaw).
CODEC_OF_FRAME_BYTES = {160: "ulaw", 320: "slin", 640: "slin16", 960: "slin24", 1920: "slin48"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStart:
    """The first event. ``frame_bytes`` is what it wants sent every 20 ms."""

    spelling: Spelling
    codec: Codec
    frame_bytes: int
    connection_id: str | None
    channel_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingAllowed:
    """``is_allowed`` False: Asterisk's queue is full (MEDIA_XOFF); True: it has room again (MEDIA_XON)."""

    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What we sent up to a mark, or up to the end of a buffered piece, was played."""

    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Asterisk did not like a command of ours."""

    text: str


Event = MediaStart | SendingAllowed | Reached | KeyOnWire | Trouble | Unknown


def parse_event(text: str, hints: Mapping[str, str] | None = None) -> Event:
    """Read a text. ``hints`` are the address's query: what the dial string's v(…) said."""
    spelling, name, fields = _fields(text)
    match name:
        case "MEDIA_START":
            return _media_start(spelling, fields, hints or {})
        case "MEDIA_XOFF" | "MEDIA_XON":
            return SendingAllowed(is_allowed=name == "MEDIA_XON")
        case "MEDIA_BUFFERING_COMPLETED" | "MEDIA_MARK_PROCESSED":
            reached = label(fields, "correlation_id", "id")
            return Unknown() if reached is None else Reached(mark=reached)
        case "DTMF_END":
            digit = (label(fields, "digit") or "").upper()
            return KeyOnWire(key=digit) if digit in KEYS else Unknown()
        case "ERROR":
            return Trouble(text=(label(fields, "error_text") or "it did not say what")[:200])
        case _:
            return Unknown()


def offer_of(start: MediaStart, hints: Mapping[str, str]) -> CallOffer:
    """The call of one socket. ``hints``: ``call`` (the PBX's id for the whole call), ``leg``, ``from``, ``to``, ``title``."""
    leg = hints.get("leg") or Leg.CALLER
    fields = {
        **hints,
        "sampleRate": start.codec.rate_hz,
        "mixType": "mono",
        "legs": [leg],
        "callSid": hints.get("call") or start.channel_id or start.connection_id,
    }
    # Asterisk sends nothing while its side is silent; the WebSocket's own pings tell whether it is there.
    return replace(offer_from(fields), encoding=start.codec.encoding, watches_itself=True)


def command(spelling: Spelling, name: str, mark: str | None = None) -> str:
    """A command's text. Raises InputError when the mark is too long for Asterisk to read it."""
    if spelling is Spelling.JSON:
        text = json_text({"command": name, "correlation_id": mark})
    else:
        text = name if mark is None else f"{name} {mark}"
    if len(text.encode()) > LONGEST_COMMAND_BYTES:
        raise InputError(
            "media_gateway.command", f"expected at most {LONGEST_COMMAND_BYTES} bytes, got more"
        )
    return text


def _fields(text: str) -> tuple[Spelling, str, dict[str, object]]:
    if text.startswith("{"):
        message = json_object(text)
        return Spelling.JSON, label(message, "event") or "", message
    if len(text) > MAX_TEXT:
        raise InputError(
            "media_gateway.text_size", f"expected at most {MAX_TEXT} characters, got {len(text)}"
        )
    name, _, rest = text.strip().partition(" ")
    if name in ("MEDIA_BUFFERING_COMPLETED", "MEDIA_MARK_PROCESSED"):
        return Spelling.PLAIN, name, {"correlation_id": rest}
    return Spelling.PLAIN, name, _named_values(rest)


def _named_values(rest: str) -> dict[str, object]:
    """``name:value`` by spaces. A value may hold colons; ``error_text`` and braces hold spaces and come last."""
    named: dict[str, object] = {}
    last = ""
    for word in rest.split(" "):
        name, colon, value = word.partition(":")
        if colon and name.isidentifier() and last not in ("error_text", "channel_variables"):
            named[name] = value
            last = name
        elif last:
            named[last] = f"{named[last]} {word}"
    return named


def _media_start(
    spelling: Spelling, fields: Mapping[str, object], hints: Mapping[str, str]
) -> MediaStart:
    frame_bytes = _frame_bytes(fields)
    name = label(fields, "format") or hints.get("format") or CODEC_OF_FRAME_BYTES.get(frame_bytes)
    codec = CODECS.get(name or "")
    if codec is None or codec.rate_hz not in KNOWN_RATES_HZ:
        raise InputError(
            "media_gateway.codec",
            f"expected a format among {tuple(CODECS)}, got {(name or 'none')[:40]!r}; dial with c(slin16) or c(ulaw)",
        )
    return MediaStart(
        spelling=spelling,
        codec=codec,
        frame_bytes=frame_bytes or codec.frame_bytes,
        connection_id=label(fields, "connection_id"),
        channel_id=label(fields, "channel_id", "channel"),
    )


def _frame_bytes(fields: Mapping[str, object]) -> int:
    """0 when it does not say."""
    size = label(fields, "optimal_frame_size") or "0"
    if not (size.isascii() and size.isdigit() and len(size) < 6):
        raise InputError(
            "media_gateway.frame_size", "expected optimal_frame_size as a number, got another text"
        )
    return int(size)
