"""Number and wrap AudioHook messages, on either side of the wire: who said what in which order.

Both sides count their messages from 1 and repeat the last number they saw of the other. A gap, a number that was never
said, another session's id or a text above 64 KiB is a protocol error (AudioHook v2, "Message envelope").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic_core import from_json, to_json

from domain.errors import InputError

VERSION = "2"
MAX_TEXT = 64 * 1024  # characters
NO_PARAMETERS: Mapping[str, object] = {}
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Side(StrEnum):
    """Who speaks, named as in the field that repeats the side's last number."""

    CLIENT = "clientseq"
    SERVER = "serverseq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that was taken off its envelope. ``position`` is the client's media time as it wrote it."""

    type: str
    parameters: Mapping[str, object]
    seq: int
    position: object = None


class Correspondence:
    """One side's numbering of one session. ``session_id`` None: the first message names it."""

    def __init__(self, *, side: Side, session_id: str | None = None) -> None:
        self._theirs = Side.SERVER if side is Side.CLIENT else Side.CLIENT
        self._ours = side
        self.session_id = session_id
        self.said = 0
        self.heard = 0

    def receive(self, text: str) -> Received:
        """Raises InputError on anything that is no next message of this session."""
        message = _message(text)
        self._check_session(message.get("id"))
        seq, seen = _count(message, "seq"), _count(message, self._ours.value)
        if seq != self.heard + 1:
            raise _bad(f"expected message {self.heard + 1}, got {seq}; none may be left out")
        if seen > self.said:
            raise _bad(f"expected {self._ours} up to {self.said}, got {seen}, which was never said")
        self.heard = seq
        parameters = message.get("parameters")
        if not isinstance(parameters, dict):
            raise _bad("expected parameters in every message, got none")
        name = message.get("type")
        return Received(
            type=name if isinstance(name, str) else "",
            parameters=parameters,
            seq=seq,
            position=message.get("position"),
        )

    def write(
        self,
        name: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        *,
        answering: int | None = None,
        position: str | None = None,
    ) -> str:
        """The next message; it must be sent next. ``answering`` is the number it answers, else the last one heard."""
        self.said += 1
        message: dict[str, object] = {
            "version": VERSION,
            "id": self.session_id,
            "type": name,
            "seq": self.said,
            self._theirs.value: self.heard if answering is None else answering,
            "parameters": parameters,
        }
        if position is not None:
            message["position"] = position
        return to_json(message).decode("utf-8")

    def _check_session(self, named: object) -> None:
        if not is_uuid(named):
            raise _bad("expected the session's UUID as id, got something else")
        if self.session_id is None:
            self.session_id = str(named)
        elif str(named).lower() != self.session_id.lower():
            raise _bad("expected the id of this session, got another session's")


def is_uuid(value: object) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _message(text: str) -> dict[str, object]:
    if len(text) > MAX_TEXT:
        raise _bad(f"expected at most {MAX_TEXT} characters of text, got {len(text)}")
    try:
        message = from_json(text, cache_strings="none")
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise _bad("expected a JSON object as text, got something else")
    if message.get("version") != VERSION:
        raise _bad(f'expected AudioHook version "{VERSION}", got another')
    return message


def _count(message: Mapping[str, object], name: str) -> int:
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _bad(f"expected {name} as a number from 0 on, got something else")
    return value


def _bad(sentence: str) -> InputError:
    return InputError("media_gateway.audiohook_message", sentence)
