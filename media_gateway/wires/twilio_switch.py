"""Write what Twilio sends and read what a server asks of it: the carrier's side, for our own client."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import InputError
from media_gateway.wires.audio_fork import Unknown
from media_gateway.wires.json_text import inner_object, json_object, json_text, label
from media_gateway.wires.twilio import MarkReached

LONGEST_COMMAND = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaySound:
    """The server wants this heard after what it sent before, in the stream's encoding."""

    sound: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """The server wants nothing more of what it sent heard."""


@dataclass(slots=True, kw_only=True)
class StreamWriter:
    """One stream as Twilio writes it; it numbers its messages and the chunks of each track."""

    stream_id: str
    call_id: str
    account_id: str = "AC0"
    sequence: int = 0

    @staticmethod
    def connected() -> str:
        return json_text({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, tracks: tuple[str, ...], parameters: Mapping[str, str]) -> str:
        return self._message(
            "start",
            {
                "accountSid": self.account_id,
                "streamSid": self.stream_id,
                "callSid": self.call_id,
                "tracks": list(tracks),
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": dict(parameters),
            },
        )

    def media(self, track: str, *, chunk: int, at_ms: int, sound: bytes) -> str:
        payload = base64.b64encode(sound).decode("ascii")
        return self._message(
            "media",
            {"track": track, "chunk": str(chunk), "timestamp": str(at_ms), "payload": payload},
        )

    def key(self, digit: str) -> str:
        return self._message("dtmf", {"track": "inbound_track", "digit": digit})

    def mark_reached(self, name: str) -> str:
        return self._message("mark", {"name": name})

    def stop(self) -> str:
        return self._message("stop", {"accountSid": self.account_id, "callSid": self.call_id})

    def _message(self, event: str, content: Mapping[str, object]) -> str:
        self.sequence += 1
        return json_text(
            {
                "event": event,
                "sequenceNumber": str(self.sequence),
                event: content,
                "streamSid": self.stream_id,
            }
        )


def read_command(text: str) -> PlaySound | MarkReached | Clear | Unknown:
    """Read what the server sent."""
    message = json_object(text, longest=LONGEST_COMMAND)
    match message.get("event"):
        case "media":
            return _sound(inner_object(message, "media").get("payload"))
        case "mark":
            name = label(inner_object(message, "mark"), "name")
            return Unknown() if name is None else MarkReached(name=name)
        case "clear":
            return Clear()
        case _:
            return Unknown()


def _sound(payload: object) -> PlaySound:
    try:
        if isinstance(payload, str):
            return PlaySound(sound=binascii.a2b_base64(payload))
    except ValueError:
        pass
    raise InputError("media_gateway.media", "expected base64 sound to play, got something else")
