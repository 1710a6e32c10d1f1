"""Hold the rules of one Genesys AudioHook v2 session on our side: pure, no socket, no clock.

Genesys is the client: it opens a session, streams the sound of a conversation and says where it paused or lost some; we
answer, send back what was said, and as a bot speak. Nothing a stranger sends makes this file raise anything but InputError.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from enum import StrEnum

from domain.call import Direction
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.offer import CallOffer
from media_gateway.wires.audiohook_envelope import NO_PARAMETERS, Correspondence, Side
from media_gateway.wires.audiohook_media import RATE_HZ, Media, best_media, samples_of
from media_gateway.wires.audiohook_messages import (
    ClientMessage,
    Open,
    Paused,
    Resumed,
    parse,
)

WIRE = "audiohook"
SESSIONS_REMEMBERED = 10_000


class State(StrEnum):
    """Where a session is; sound may come only while it is ``open``."""

    BEGINNING = "beginning"
    OPEN = "open"
    PAUSED = "paused"
    CLOSING = "closing"


class AudioHookSession:
    """One session. ``receive`` what comes, ask ``may_hear`` before sound, ``write`` what goes, in that order."""

    def __init__(self, *, session_id: str | None) -> None:
        self._correspondence = Correspondence(side=Side.SERVER, session_id=session_id)
        self.state = State.BEGINNING
        self.media: Media | None = None
        self._block_bytes = 1
        self.position_samples = 0
        """The client's media time in its last message."""

    @property
    def session_id(self) -> str | None:
        return self._correspondence.session_id

    def receive(self, text: str) -> ClientMessage:
        """Raises InputError on a protocol error."""
        received = self._correspondence.receive(text)
        self.position_samples = samples_of(received.position)
        if (received.type == "open") != (self.state is State.BEGINNING):
            expected = "open first" if self.state is State.BEGINNING else "open once"
            raise _bad(f"expected {expected}, got {_name(received.type)} while {self.state}")
        message = parse(received)
        if isinstance(message, Paused) and self.state is State.OPEN:
            self.state = State.PAUSED
        if isinstance(message, Resumed) and self.state is State.PAUSED:
            self.state = State.OPEN
        return message

    def check_sound(self, sound: bytes) -> None:
        """Raises InputError when sound may not come now, or cannot be of the chosen format."""
        if self.state is not State.OPEN or self.media is None:
            raise _bad(f"expected no sound while {self.state}, got {len(sound)} bytes")
        if len(sound) % self._block_bytes:
            raise _bad(
                f"expected whole samples of {self._block_bytes} bytes, got {len(sound)} bytes"
            )

    def opened(self, media: Media | None, languages: Sequence[str] | None) -> str:
        """The answer to ``open``: one of the offered media, and the languages if they were asked for."""
        self.media = media
        self._block_bytes = 1 if media is None else media.block_bytes
        self.state = State.OPEN
        parameters: dict[str, object] = {
            "media": [] if media is None else [media.as_json()],
            "startPaused": False,
        }
        if languages is not None:
            parameters["supportedLanguages"] = list(languages)
        return self.write("opened", parameters)

    def write(
        self,
        name: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        *,
        answering: int | None = None,
    ) -> str:
        """The next message of ours; it must be sent next."""
        return self._correspondence.write(name, parameters, answering=answering)


class SessionMemory:
    """Which conversation a session belonged to, so that a session that continues it can join; bounded."""

    def __init__(self, most: int = SESSIONS_REMEMBERED) -> None:
        self._most = most
        self._calls: OrderedDict[tuple[str, str], CallId] = OrderedDict()

    def remember(self, organization_id: str, session_id: str, call_id: CallId) -> None:
        self._calls[organization_id.lower(), session_id.lower()] = call_id
        while len(self._calls) > self._most:
            self._calls.popitem(last=False)

    def continued(self, opening: Open) -> CallId | None:
        """The conversation that this session goes on with: one of the same organization."""
        organization_id = opening.organization_id.lower()
        found = (self._calls.get((organization_id, each.lower())) for each in opening.continued)
        return next((call_id for call_id in found if call_id is not None), None)


def offer_from(opening: Open, media: Media, *, joins: CallId | None = None) -> CallOffer:
    """The call that an ``open`` brings. Its custom configuration may hold a title and name a call we announced."""
    config = opening.config
    claimed = _text(config, "call_id")
    return CallOffer(
        sample_rate_hz=RATE_HZ,
        legs=media.legs,
        encoding=media.encoding,
        direction=_direction(config.get("direction")),
        caller_number=opening.caller_number,
        dialled_number=opening.dialled_number,
        title=_text(config, "title"),
        synthetic=config.get("synthetic") is True,
        claimed_call_id=CallId(claimed) if claimed is not None else None,
        campaign_contact=_text(config, "campaign_contact"),
        wire_call_id=opening.conversation_id,
        joins=joins,
    )


def choose_media(opening: Open, *, as_bot: bool) -> Media | None:
    """The best of the offer; a probe may offer nothing. Raises InputError when a call offers nothing we can hear."""
    offers = [media for media in opening.media if media.channels == ("external",)] if as_bot else []
    media = best_media(offers or opening.media)
    if media is None and not opening.is_probe:
        raise _bad(f"expected PCMU or L16 at {RATE_HZ} Hz among the media, got none of them")
    return media


def _direction(value: object) -> Direction:
    return Direction.OUTBOUND if value == Direction.OUTBOUND else Direction.INBOUND


def _text(config: Mapping[str, object], name: str) -> str | None:
    value = config.get(name)
    return value[:200] or None if isinstance(value, str) else None


def _name(value: str) -> str:
    return value[:40] if value.isidentifier() else "something else"


def _bad(sentence: str) -> InputError:
    return InputError("media_gateway.audiohook_message", sentence)
