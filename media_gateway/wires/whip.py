"""Read what a WHIP client asks (RFC 9725): the address's query, the offer's promises, and the answer's extra keys.

Pure: the offer is checked here before the WebRTC library sees it, so that a stranger's text ends in one clear sentence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.audio import Leg
from domain.call import Direction
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.offer import CallOffer

CONTENT_TYPE = "application/sdp"
CALL_ID_HEADER = "X-Hotline-Call-Id"
KEYS_CHANNEL = "keys"
KEYS = frozenset("0123456789*#ABCD")
LINE_RATE_HZ = 16_000
LABEL_LENGTH = 200

MAX_LINES = 4_000
MAX_LINE = 4_096
MAX_SECTIONS = 8
MAX_CANDIDATES = 100

SEATS = frozenset(leg for leg in Leg if leg is not Leg.BOT)
MODES = ("listen", "whisper", "barge")
_TYPES = range(128)  # RTP payload types
_HASH = re.compile(r"[0-9A-Za-z-]{1,16} ([0-9A-Fa-f]{2}:){15,63}[0-9A-Fa-f]{2}")
_ICE_TEXT = re.compile(r"[A-Za-z0-9+/=_-]{4,256}")  # RFC 8839 5.4, and the bytes some clients add


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedAudio:
    """What counts of an offer. ``event_types`` are the payload types of telephone keys with their clock rates."""

    section: int
    event_types: Mapping[int, int]
    hears_us: bool


def offer_from_query(query: Mapping[str, str], *, session_id: str) -> CallOffer:
    """Labels are taken if usable; who speaks and which call it joins must be right, for sound may not go astray."""
    joins = label(query.get("call"))
    return CallOffer(
        sample_rate_hz=LINE_RATE_HZ,
        legs=(_leg(query.get("leg") or Leg.CALLER),),
        watches_itself=True,
        direction=Direction.OUTBOUND if query.get("direction") == "outbound" else Direction.INBOUND,
        caller_number=label(query.get("from")),
        dialled_number=label(query.get("to")),
        title=label(query.get("title")),
        synthetic=query.get("synthetic", "").lower() in ("1", "true", "yes"),
        claimed_call_id=_call_id(query.get("call_id")),
        campaign_contact=label(query.get("campaign_contact")),
        wire_call_id=label(query.get("wire_call_id")) or session_id,
        joins=CallId(joins) if joins else None,
        mode=_mode(query.get("mode")),
    )


def read_offer(sdp: str) -> OfferedAudio:
    """Check an offer (RFC 8866, 8829). Raises InputError: ``…sdp`` when it is none, ``…offer`` when we cannot take it."""
    sections = _sections(sdp)
    number = next((n for n, lines in enumerate(sections[1:]) if _is_live_audio(lines[0])), None)
    if number is None:
        raise _unsupported("a live audio section", "none; offer the microphone")
    audio = sections[number + 1]
    _check_bundle(sections)
    _check_secrets(sections[0], audio)
    types = _payload_types(audio)
    if not any(name == "opus" for name, _ in types.values()):
        raise _unsupported("Opus", "other codecs only")
    direction = _direction(audio, sections[0])
    if direction in ("recvonly", "inactive"):
        raise _unsupported("audio that is sent to us", f"a {direction} offer; WHIP clients send")
    return OfferedAudio(
        section=number,
        event_types={
            kind: rate for kind, (name, rate) in types.items() if name == "telephone-event"
        },
        hears_us=direction == "sendrecv",
    )


def with_keys(answer: str, offered: OfferedAudio) -> str:
    """Accept telephone keys in our answer's audio section; the WebRTC library knows none (RFC 4733 2.4.1)."""
    lines = answer.splitlines()
    at = [n for n, line in enumerate(lines) if line.startswith("m=")]
    if not offered.event_types or len(at) <= offered.section:
        return answer
    begin = at[offered.section]
    end = at[offered.section + 1] if len(at) > offered.section + 1 else len(lines)
    lines[begin] += "".join(f" {kind}" for kind in offered.event_types)
    lines[end:end] = [
        text
        for kind, rate in offered.event_types.items()
        for text in (f"a=rtpmap:{kind} telephone-event/{rate}", f"a=fmtp:{kind} 0-15")
    ]
    return "\r\n".join(lines) + "\r\n"


def is_sdp(content_type: str | None) -> bool:
    return (content_type or "").split(";")[0].strip().lower() == CONTENT_TYPE


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header (RFC 6750 2.1), or None."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def key_from(message: object) -> str | None:
    """The key that a message on the channel ``keys`` names."""
    if isinstance(message, str) and len(message) == 1 and message.upper() in KEYS:
        return message.upper()
    return None


def label(value: str | None) -> str | None:
    """A short printable text, or None when there is nothing usable."""
    printable = "".join(c for c in (value or "")[: 4 * LABEL_LENGTH] if c.isprintable())
    return printable.strip()[:LABEL_LENGTH] or None


def _leg(name: str) -> Leg:
    if name not in SEATS:
        raise InputError(
            "media_gateway.leg",
            f"expected leg to be one of {', '.join(sorted(SEATS))}, got {name[:20]!r}",
        )
    return Leg(name)


def _mode(name: str | None) -> str | None:
    if name and name not in MODES:
        raise InputError(
            "media_gateway.mode", f"expected mode to be {', '.join(MODES)}, got {name[:20]!r}"
        )
    return name or None


def _call_id(value: str | None) -> CallId | None:
    text = label(value)
    return CallId(text) if text else None


def _sections(sdp: str) -> list[list[str]]:
    """Session lines first, then one list per media section."""
    lines = sdp.replace("\r\n", "\n").rstrip("\n").split("\n")
    if len(lines) > MAX_LINES or any(len(line) > MAX_LINE for line in lines):
        raise _no_sdp(f"more than {MAX_LINES} lines or {MAX_LINE} characters in one")
    if lines[0] != "v=0" or not all(_is_line(line) for line in lines):
        raise _no_sdp("something else")
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    if len(sections) > MAX_SECTIONS + 1:
        raise _no_sdp(f"more than {MAX_SECTIONS} media sections")
    if sum(line.startswith("a=candidate:") for line in lines) > MAX_CANDIDATES:
        raise _no_sdp(f"more than {MAX_CANDIDATES} candidates")
    return sections


def _is_line(line: str) -> bool:
    return len(line) >= 3 and line[1] == "=" and line[0].isalpha() and line.isprintable()


def _is_live_audio(media_line: str) -> bool:
    words = media_line[2:].split()
    return (
        len(words) >= 4
        and words[0] == "audio"
        and words[1].isdecimal()
        and words[1] != "0"  # RFC 3264 6: rejected
        and "SAVP" in words[2]
    )


def _check_bundle(sections: list[list[str]]) -> None:
    """A bundle names sections that exist, each once (RFC 9143 7.1): sound would have no transport otherwise."""
    mids = [mid for lines in sections[1:] for mid in _attributes(lines, "mid")]
    groups = [
        value.split()[1:]
        for value in _attributes(sections[0], "group")
        if value.startswith("BUNDLE")
    ]
    named = [mid for group in groups for mid in group]
    if len(groups) > 1 or len(set(mids)) != len(mids) or not set(named) <= set(mids):
        raise _no_sdp("a=group:BUNDLE that does not fit its sections")


def _check_secrets(session: list[str], audio: list[str]) -> None:
    for name, shape in (("ice-ufrag", _ICE_TEXT), ("ice-pwd", _ICE_TEXT), ("fingerprint", _HASH)):
        values = list(_attributes(audio, name)) or list(_attributes(session, name))
        if not values or not all(shape.fullmatch(value) for value in values):
            raise _no_sdp(f"no usable a={name}")
    if "a=rtcp-mux" not in audio:
        raise _unsupported("a=rtcp-mux", "none")


def _payload_types(audio: list[str]) -> dict[int, tuple[str, int]]:
    """Codec name and clock rate by payload type, of those the media line lists."""
    listed = set(audio[0].split()[3:])
    types: dict[int, tuple[str, int]] = {}
    for value in _attributes(audio, "rtpmap"):
        kind, _, codec = value.partition(" ")
        name, _, rate = codec.partition("/")
        rate = rate.split("/")[0]
        if kind in listed and kind.isdecimal() and rate.isdecimal() and int(kind) in _TYPES:
            types[int(kind)] = (name.strip().lower(), int(rate))
    return types


def _direction(audio: list[str], session: list[str]) -> str:
    for line in (*audio, *session):
        if line in ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"):
            return line[2:]
    return "sendrecv"  # RFC 8866 6.7


def _attributes(lines: list[str], name: str) -> Iterator[str]:
    prefix = f"a={name}:"
    return (line[len(prefix) :].strip() for line in lines if line.startswith(prefix))


def _no_sdp(got: str) -> InputError:
    return InputError("media_gateway.sdp", f"expected an SDP offer, got {got}")


def _unsupported(expected: str, got: str) -> InputError:
    return InputError("media_gateway.offer", f"expected {expected}, got {got}")
