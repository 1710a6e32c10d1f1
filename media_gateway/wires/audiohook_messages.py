"""Read what an AudioHook client says, and write what we say as one: pure, no socket, no clock.

Nothing a stranger sends makes this file raise anything but InputError. What the wire needs is checked; what only
decorates the call (numbers, names, languages) is taken if it is usable and left out if not.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.errors import InputError
from media_gateway.wires.audiohook_envelope import Received, is_uuid
from media_gateway.wires.audiohook_media import Media, offered_media, samples_of

NOBODY = "00000000-0000-0000-0000-000000000000"
KEYS = frozenset("0123456789*#ABCD")
LABEL_LENGTH = 200
SESSIONS_CONTINUED = 16
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}-[A-Za-z]{2,3}")
RATE_LIMITED = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A conversation wants in. ``inputs`` tells that a bot is asked for (Audio Connector), not a listener."""

    organization_id: str
    conversation_id: str
    media: tuple[Media, ...]
    participant_id: str | None
    caller_number: str | None
    caller_name: str | None
    dialled_number: str | None
    language: str | None
    wants_languages: bool
    continued: tuple[str, ...]
    config: Mapping[str, object]
    inputs: Mapping[str, object] | None

    @property
    def is_probe(self) -> bool:
        """Genesys asks with nobody's id whether anyone is here."""
        return self.conversation_id == NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """The client wants to be answered at once."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The client sends no sound from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The client sends sound again; ``discarded_samples`` of media time have passed since ``start_samples``."""

    start_samples: int
    discarded_samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """The client threw sound away because we, or the network, were slow."""

    start_samples: int
    discarded_samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The conversation's language changed. It is a hint: we listen for ourselves."""

    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientError:
    """The client does not like what we sent. ``retry_after_samples`` is how long it wants nothing more."""

    code: int
    message: str
    retry_after_samples: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The client wants to end the session: end, error, disconnect or reconnect."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOnWire:
    """A telephone key (DTMF)."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackStarted:
    """The caller begins to hear what we sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackCompleted:
    """The caller has heard all we sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A message that means nothing to us: the protocol grows."""


ClientMessage = (
    Open
    | Ping
    | Paused
    | Resumed
    | Discarded
    | Update
    | ClientError
    | Close
    | KeyOnWire
    | PlaybackStarted
    | PlaybackCompleted
    | Unknown
)


def parse(received: Received) -> ClientMessage:
    """Raises InputError when a message lacks what the wire needs of it."""
    reader = _READERS.get(received.type)
    return Unknown() if reader is None else reader(received)


def open_parameters(
    *,
    organization_id: str,
    conversation_id: str,
    media: tuple[Media, ...],
    participant_id: str = NOBODY,
    caller_number: str | None = None,
    dialled_number: str | None = None,
    config: Mapping[str, object] | None = None,
    continued: tuple[tuple[str, int, int], ...] = (),
    inputs: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """What a client says to begin. ``continued`` are (session id, serverseq, clientseq)."""
    participant = {
        "id": participant_id,
        "ani": caller_number or "",
        "aniName": "",
        "dnis": dialled_number or "",
    }
    parameters: dict[str, object] = {
        "organizationId": organization_id,
        "conversationId": conversation_id,
        "participant": participant,
        "media": [offer.as_json() for offer in media],
        "customConfig": dict(config or {}),
    }
    if continued:
        parameters["continuedSessions"] = [
            {"id": session_id, "serverseq": serverseq, "clientseq": clientseq}
            for session_id, serverseq, clientseq in continued
        ]
    if inputs is not None:
        parameters["inputVariables"] = dict(inputs)
    return parameters


def _open(received: Received) -> Open:
    said = received.parameters
    organization_id, conversation_id = said.get("organizationId"), said.get("conversationId")
    if not is_uuid(organization_id) or not is_uuid(conversation_id):
        raise _bad("expected the UUIDs of organization and conversation, got something else")
    participant = _object(said, "participant")
    inputs = said.get("inputVariables")
    return Open(
        organization_id=str(organization_id),
        conversation_id=str(conversation_id),
        media=offered_media(said.get("media")),
        participant_id=_label(participant.get("id")),
        caller_number=_number(participant.get("ani")),
        caller_name=_label(participant.get("aniName")),
        dialled_number=_number(participant.get("dnis")),
        language=_language(said.get("language")),
        wants_languages=said.get("supportedLanguages") is True,
        continued=_continued(said.get("continuedSessions")),
        config=_object(said, "customConfig"),
        inputs=inputs if isinstance(inputs, dict) else None,
    )


def _continued(value: object) -> tuple[str, ...]:
    sessions = value[:SESSIONS_CONTINUED] if isinstance(value, list) else []
    named = (session.get("id") for session in sessions if isinstance(session, dict))
    return tuple(str(session_id) for session_id in named if is_uuid(session_id))


def _resumed(received: Received) -> Resumed:
    start, discarded = _span(received)
    return Resumed(start_samples=start, discarded_samples=discarded)


def _discarded(received: Received) -> Discarded:
    start, discarded = _span(received)
    return Discarded(start_samples=start, discarded_samples=discarded)


def _span(received: Received) -> tuple[int, int]:
    said = received.parameters
    return samples_of(said.get("start")), samples_of(said.get("discarded"))


def _error(received: Received) -> ClientError:
    said = received.parameters
    code, retry_after = said.get("code"), said.get("retryAfter")
    return ClientError(
        code=code if isinstance(code, int) else 0,
        message=_label(said.get("message")) or "",
        retry_after_samples=None if retry_after is None else samples_of(retry_after),
    )


def _key(received: Received) -> KeyOnWire | Unknown:
    digit = received.parameters.get("digit")
    known = isinstance(digit, str) and digit.upper() in KEYS
    return KeyOnWire(key=str(digit).upper()) if known else Unknown()


def _close(received: Received) -> Close:
    return Close(reason=_label(received.parameters.get("reason")) or "end")


_READERS: Mapping[str, Callable[[Received], ClientMessage]] = {
    "open": _open,
    "ping": lambda received: Ping(seq=received.seq),
    "paused": lambda _: Paused(),
    "resumed": _resumed,
    "discarded": _discarded,
    "update": lambda received: Update(language=_language(received.parameters.get("language"))),
    "error": _error,
    "close": _close,
    "dtmf": _key,
    "playback_started": lambda _: PlaybackStarted(),
    "playback_completed": lambda _: PlaybackCompleted(),
}


def _object(said: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def _label(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    printable = "".join(c for c in value[: 4 * LABEL_LENGTH] if c.isprintable())
    return printable.strip()[:LABEL_LENGTH] or None


def _number(value: object) -> str | None:
    """Genesys writes numbers bare or as tel: addresses (RFC 3966)."""
    label = _label(value)
    return label.removeprefix("tel:") or None if label else None


def _language(value: object) -> str | None:
    return value if isinstance(value, str) and _LANGUAGE.fullmatch(value) else None


def _bad(sentence: str) -> InputError:
    return InputError("media_gateway.audiohook_message", sentence)
