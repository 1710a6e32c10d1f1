"""Read and write Twilio Media Streams, and what Telnyx, SignalWire and Fonoster made of them: pure, no socket, no clock.

The carrier is the client. Everything is JSON text, sound is base64 in it, and every number is a text. We answer with
sound, marks and clears, on bidirectional streams only. Nothing a stranger sends raises anything but InputError.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.audio import Leg
from domain.errors import InputError
from media_gateway.codecs import Encoding
from media_gateway.offer import CallOffer
from media_gateway.wires.audio_fork import KEYS, KeyOnWire, Unknown
from media_gateway.wires.audio_fork_metadata import offer_from
from media_gateway.wires.json_text import MAX_TEXT, inner_object, json_object, json_text, label

INBOUND = "inbound"
OUTBOUND = "outbound"
LEG_OF_TRACK = {INBOUND: Leg.CALLER, OUTBOUND: Leg.AGENT}
BOTH = (INBOUND, OUTBOUND)

ENCODINGS = {
    "mulaw": Encoding.PCMU,
    "pcmu": Encoding.PCMU,
    "alaw": Encoding.PCMA,
    "pcma": Encoding.PCMA,
    "l16": Encoding.L16,
}

Media = tuple[str, int | None, int | None, bytes]
"""Track, number of the chunk, milliseconds since the stream began, sound. A tuple, because 100 come a second.

Twilio and Telnyx number and date every chunk; smaller carriers leave out one or the other.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a carrier spells. ``names_tracks``: its start says which tracks will come."""

    wire: str
    stream_field: str
    names_tracks: bool


TWILIO = Dialect(wire="twilio", stream_field="streamSid", names_tracks=True)
TELNYX = Dialect(wire="telnyx", stream_field="stream_id", names_tracks=False)
DIALECTS = (TWILIO, TELNYX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The first message; it says nothing about the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The stream begins. ``tracks`` are in the order of the offer's legs."""

    dialect: Dialect
    stream_id: str | None
    tracks: tuple[str, ...]
    offer: CallOffer

    @property
    def may_answer(self) -> bool:
        """Only streams of the inbound track alone can be bidirectional."""
        return self.tracks == (INBOUND,)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReached:
    """What we sent up to this mark was played, or cleared."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The stream ended as it should."""


Said = Connected | Start | MarkReached | Stop | KeyOnWire | Unknown


def read_text(text: str, hints: Mapping[str, str] | None = None) -> Media | Said:
    """Read any message. ``hints`` are the address's query, for carriers whose start does not name the tracks."""
    if len(text) <= MAX_TEXT:
        media = _media_as_carriers_write_it(text)
        if media is not None:
            return media
    message = json_object(text)
    match message.get("event"):
        case "media":
            return _media(message)
        case "start":
            return _start(message, hints or {})
        case "dtmf":
            return _key(message)
        case "mark":
            name = label(inner_object(message, "mark"), "name")
            return Unknown() if name is None else MarkReached(name=name)
        case "connected":
            return Connected()
        case "stop":
            return Stop()
        case _:
            return Unknown()


def sound_to_play(dialect: Dialect, stream_id: str | None, sound: bytes) -> str:
    """``sound`` is in the stream's own encoding, without any header."""
    payload = base64.b64encode(sound).decode("ascii")
    return json_text(
        {"event": "media", dialect.stream_field: stream_id, "media": {"payload": payload}}
    )


def mark(dialect: Dialect, stream_id: str | None, name: str) -> str:
    """It comes back when everything sent before it was played."""
    return json_text({"event": "mark", dialect.stream_field: stream_id, "mark": {"name": name}})


def clear(dialect: Dialect, stream_id: str | None) -> str:
    """Throw away what was sent and not played yet; its marks come back at once."""
    return json_text({"event": "clear", dialect.stream_field: stream_id})


def _media_as_carriers_write_it(text: str) -> Media | None:
    """Cut a message by its quotes: 1.1 instead of 1.7 µs, and nine of ten texts of a call are these (2026-11).

    Twilio's documents write the stream's id before the media, Twilio itself and Telnyx write it behind.
    """
    parts = text.split('"')
    if len(parts) != 31 or parts[3] != "media":
        return None
    at = 11 if parts[11] == "track" else 15
    if (
        parts[at] != "track"
        or parts[at + 4] != "chunk"
        or parts[at + 8] != "timestamp"
        or parts[at + 12] != "payload"
    ):
        return None
    try:
        return (
            parts[at + 2],
            int(parts[at + 6]),
            int(parts[at + 10]),
            binascii.a2b_base64(parts[at + 14]),
        )
    except ValueError:
        return None


def _media(message: Mapping[str, object]) -> Media:
    media = inner_object(message, "media")
    track = label(media, "track") or INBOUND
    payload = media.get("payload")
    try:
        if not isinstance(payload, str):
            raise ValueError
        return (
            track.removesuffix("_track"),
            _number(label(media, "chunk")),
            _number(label(media, "timestamp")),
            binascii.a2b_base64(payload),
        )
    except ValueError:
        raise InputError(
            "media_gateway.media",
            "expected chunk and timestamp as numbers and payload as base64, got something else",
        ) from None


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _start(message: Mapping[str, object], hints: Mapping[str, str]) -> Start:
    start = inner_object(message, "start")
    dialect = next((d for d in DIALECTS if d.stream_field in message), TWILIO)
    tracks = _tracks(start.get("tracks"), hints)
    return Start(
        dialect=dialect,
        stream_id=label(message, dialect.stream_field) or label(start, dialect.stream_field),
        tracks=tracks,
        offer=_offer(start, tracks, hints),
    )


def _tracks(named: object, hints: Mapping[str, str]) -> tuple[str, ...]:
    """The tracks to come. Where nobody says so both may: a silent leg is better than a lost one."""
    if isinstance(named, list):
        tracks = tuple(track for track in BOTH if track in named)
    else:
        hint = hints.get("track", "").removesuffix("_track")
        tracks = (hint,) if hint in BOTH else BOTH
    if not tracks:
        raise InputError("media_gateway.tracks", f"expected tracks among {BOTH}, got none of them")
    return tracks


def _offer(
    start: Mapping[str, object], tracks: tuple[str, ...], hints: Mapping[str, str]
) -> CallOffer:
    media_format = inner_object(start, "mediaFormat", "media_format")
    channels = label(media_format, "channels") or "1"
    if channels != "1":
        raise InputError("media_gateway.channels", "expected one channel a track, got several")
    fields: dict[str, object] = {
        **hints,
        **{name: start.get(name) for name in ("from", "to")},
        "legs": [LEG_OF_TRACK[track] for track in tracks],
        **inner_object(start, "customParameters", "custom_parameters"),
        "sampleRate": label(media_format, "sampleRate", "sample_rate") or "8000",
        "mixType": "stereo" if len(tracks) == 2 else "mono",
        "callSid": label(start, "callSid", "call_control_id"),
    }
    return replace(offer_from(fields), encoding=_encoding(media_format), separate=True)


def _encoding(media_format: Mapping[str, object]) -> Encoding:
    name = label(media_format, "encoding") or "mulaw"
    encoding = ENCODINGS.get(name.lower().removeprefix("audio/").removeprefix("x-"))
    if encoding is None:
        raise InputError(
            "media_gateway.encoding",
            f"expected an encoding among {tuple(ENCODINGS)}, got {name[:40]!r}; set the stream's codec to PCMU",
        )
    return encoding


def _key(message: Mapping[str, object]) -> KeyOnWire | Unknown:
    digit = (label(inner_object(message, "dtmf"), "digit") or "").upper()
    return KeyOnWire(key=digit) if digit in KEYS else Unknown()
