"""Write what Asterisk sends on a media WebSocket and read what an application commands: for our own client."""

from collections.abc import Mapping
from dataclasses import dataclass

from media_gateway.wires.asterisk_media import Codec, Spelling
from media_gateway.wires.json_text import json_object, json_text, label

QUEUE_FULL = 1000  # frames; chan_websocket throws away what comes after it
XOFF_FROM = 900
XON_BELOW = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What the application wants. ``name`` is unchecked: real Asterisk only logs what it does not know."""

    name: str
    mark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWriter:
    """The events of one channel."""

    spelling: Spelling
    channel_id: str

    def media_start(self, *, connection_id: str, format_name: str, codec: Codec) -> str:
        return self._text(
            "MEDIA_START",
            {
                "connection_id": connection_id,
                "channel": f"WebSocket/{connection_id}/0x1",
                "channel_id": self.channel_id,
                "format": format_name,
                "optimal_frame_size": codec.frame_bytes,
                "ptime": 20,
            },
        )

    def sending_allowed(self, is_allowed: bool) -> str:
        return self._text("MEDIA_XON" if is_allowed else "MEDIA_XOFF", {})

    def buffering_completed(self, mark: str | None) -> str:
        return self._marked("MEDIA_BUFFERING_COMPLETED", mark)

    def mark_processed(self, mark: str | None) -> str:
        return self._marked("MEDIA_MARK_PROCESSED", mark)

    def queue_drained(self) -> str:
        return self._text("QUEUE_DRAINED", {})

    def key(self, digit: str) -> str:
        return self._text("DTMF_END", {"digit": digit, "channel_id": self.channel_id})

    def _marked(self, event: str, mark: str | None) -> str:
        if self.spelling is Spelling.JSON:
            return self._text(event, {"channel_id": self.channel_id, "correlation_id": mark or ""})
        return event if mark is None else f"{event} {mark}"

    def _text(self, event: str, fields: Mapping[str, str | int]) -> str:
        if self.spelling is Spelling.JSON:
            return json_text({"event": event, "channel_id": self.channel_id, **fields})
        return " ".join([event, *(f"{name}:{value}" for name, value in fields.items())])


def parse_command(text: str) -> Command:
    """Read a command in either spelling. Raises InputError when it is broken JSON."""
    if text.startswith("{"):
        message = json_object(text)
        return Command(name=label(message, "command") or "", mark=label(message, "correlation_id"))
    name, _, mark = text.strip().partition(" ")
    return Command(name=name, mark=mark or None)
