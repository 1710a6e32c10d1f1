"""Read and write FreeSWITCH mod_audio_fork and jambonz `listen`: pure, no socket, no clock.

The telephone system is the client. It sends one JSON text with metadata, then binary L16 little-endian sound without
header or timestamps, and texts for keys; an empty binary message is its goodbye. We answer with JSON texts.
Nothing a stranger sends makes this file raise anything but InputError.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.errors import InputError
from domain.ids import CallId
from media_gateway.offer import CallOffer
from media_gateway.wires.audio_fork_metadata import offer_from
from media_gateway.wires.json_text import json_object, json_text

MAX_COMMAND = 1024 * 1024  # characters from a server: the module's own limit is about 650 KB
KEYS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a telephone system of this family can do.

    ``reports_played``: mod_audio_fork writes our speech to a file, hands its name to the dial-plan and never tells when
    it was heard; jambonz says ``playDone``. ``max_play_bytes`` of PCM keep a text under its 650 KB limit in base64.
    """

    wire: str
    subprotocol: str | None
    reports_played: bool
    max_play_bytes: int = 450_000


JAMBONZ = Dialect(wire="jambonz", subprotocol="audio.jambonz.org", reports_played=True)
DRACHTIO = Dialect(wire="mod_audio_fork", subprotocol="audio.drachtio.org", reports_played=False)
UNNAMED = Dialect(wire="audio_fork", subprotocol=None, reports_played=False)

_BY_SUBPROTOCOL = {dialect.subprotocol: dialect for dialect in (JAMBONZ, DRACHTIO)}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOnWire:
    """A telephone key (DTMF)."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What we played was heard; older systems do not say which piece."""

    play_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A JSON text that means nothing to us: the dial-plan may send what it likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayAudio:
    """We ask the telephone system to play ``pcm`` (L16 mono)."""

    pcm: bytes
    sample_rate_hz: int
    play_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KillAudio:
    """We ask it to stop playing at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnect:
    """We ask it to end the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNamed:
    """We tell the telephone system what we call its call: an event on its side, the key to our pages."""

    call_id: CallId


def choose_dialect(offered: Sequence[str]) -> Dialect:
    """The first subprotocol we know must be echoed; without one the sound is the same."""
    return next((_BY_SUBPROTOCOL[name] for name in offered if name in _BY_SUBPROTOCOL), UNNAMED)


def parse_opening(text: str, hints: Mapping[str, str] | None = None) -> CallOffer:
    """Read the metadata. ``hints`` are the address's query: mod_audio_fork's metadata names neither rate nor mix."""
    return offer_from({**(hints or {}), **json_object(text)})


def parse_text(text: str) -> KeyOnWire | Played | Unknown:
    """Read a text that came after the metadata."""
    message = json_object(text)
    key = message.get("dtmf")
    if message.get("event") == "dtmf" and isinstance(key, str) and key.upper() in KEYS:
        return KeyOnWire(key=key.upper())
    if message.get("type") == "playDone":
        return Played(play_id=_play_id(message))
    return Unknown()


def parse_command(text: str) -> PlayAudio | KillAudio | Disconnect | CallNamed | Unknown:
    """Read what the server asks of the telephone system: our own client's side of the wire."""
    message = json_object(text, longest=MAX_COMMAND)
    match message.get("type"):
        case "playAudio":
            return _play_audio(message)
        case "killAudio":
            return KillAudio()
        case "disconnect":
            return Disconnect()
        case "json":
            return _call_named(message)
        case _:
            return Unknown()


def play_audio(pcm: bytes, *, sample_rate_hz: int, play_id: str) -> str:
    content = base64.b64encode(pcm).decode("ascii")
    return json_text(
        {
            "type": "playAudio",
            "data": {
                "audioContentType": "raw",
                "sampleRate": sample_rate_hz,
                "audioContent": content,
                "id": play_id,
            },
        }
    )


def kill_audio() -> str:
    return json_text({"type": "killAudio"})


def call_named(call_id: CallId) -> str:
    """Any ``json`` command becomes an event on the switch; jambonz passes it by."""
    return json_text({"type": "json", "data": {"call_id": call_id}})


def disconnect() -> str:
    return json_text({"type": "disconnect"})


def play_done(play_id: str | None) -> str:
    return json_text({"type": "playDone", "data": {} if play_id is None else {"id": play_id}})


def key_pressed(key: str, *, duration_ms: int = 100) -> str:
    return json_text({"event": "dtmf", "dtmf": key, "duration": str(duration_ms)})


def _call_named(message: Mapping[str, object]) -> CallNamed | Unknown:
    data = message.get("data")
    call_id = data.get("call_id") if isinstance(data, Mapping) else None
    return CallNamed(call_id=CallId(call_id)) if isinstance(call_id, str) else Unknown()


def _play_id(message: Mapping[str, object]) -> str | None:
    data = message.get("data")
    named = data.get("id") if isinstance(data, dict) else message.get("id")
    return named if isinstance(named, str) else None


def _play_audio(message: Mapping[str, object]) -> PlayAudio:
    data = message.get("data")
    if not isinstance(data, dict) or data.get("audioContentType") != "raw":
        raise InputError(
            "media_gateway.play_audio", "expected raw audio to play, got another content"
        )
    try:
        pcm = base64.b64decode(str(data.get("audioContent")), validate=True)
        rate_hz = int(str(data.get("sampleRate")))
    except (binascii.Error, ValueError):
        raise InputError(
            "media_gateway.play_audio", "expected base64 sound and a sampleRate, got something else"
        ) from None
    return PlayAudio(pcm=pcm, sample_rate_hz=rate_hz, play_id=_play_id(message))
