"""Read and write session descriptions (RFC 8866) leniently: every m-line, in order, with what telephone systems say about it."""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import InputError

MEDIA_AT_MOST = 64
DIGITS_AT_MOST = 10
UNSPECIFIED = ("0.0.0.0", "::")  # noqa: S104 - what a party on hold writes (RFC 3264 §8.4)


class Flow(StrEnum):
    """Which way sound goes, as seen by the one who wrote it (RFC 3264 §5.1)."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def mirrored(self) -> "Flow":
        """The same as seen from the other side."""
        return _MIRROR.get(self, self)


_MIRROR = {Flow.SENDONLY: Flow.RECVONLY, Flow.RECVONLY: Flow.SENDONLY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """One payload type of an m-line. ``name`` is as they wrote it; compare it without case."""

    payload_type: int
    name: str
    clock_hz: int
    channels: int = 1
    fmtp: str | None = None


# RFC 3551 §6: the types that need no rtpmap.
STATIC_CODECS = {
    0: Codec(payload_type=0, name="PCMU", clock_hz=8_000),
    3: Codec(payload_type=3, name="GSM", clock_hz=8_000),
    8: Codec(payload_type=8, name="PCMA", clock_hz=8_000),
    9: Codec(payload_type=9, name="G722", clock_hz=8_000),
    10: Codec(payload_type=10, name="L16", clock_hz=44_100, channels=2),
    11: Codec(payload_type=11, name="L16", clock_hz=44_100),
    13: Codec(payload_type=13, name="CN", clock_hz=8_000),
    18: Codec(payload_type=18, name="G729", clock_hz=8_000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crypto:
    """One ``a=crypto`` line (RFC 4568). ``key`` is the whole of its key parameters, ``inline:`` and all."""

    tag: int
    suite: str
    key: str
    params: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One m-line. ``host`` is its own address or the session's; ``attributes`` are those without a field here."""

    kind: str
    port: int
    proto: str = "RTP/AVP"
    formats: tuple[str, ...] = ()
    codecs: tuple[Codec, ...] = ()
    flow: Flow = Flow.SENDRECV
    host: str | None = None
    label: str | None = None
    mid: str | None = None
    ptime_ms: int | None = None
    rtcp_port: int | None = None
    rtcp_host: str | None = None
    rtcp_mux: bool = False
    crypto: tuple[Crypto, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def is_secure(self) -> bool:
        return "SAVP" in self.proto.upper()

    @property
    def is_refused(self) -> bool:
        return self.port == 0

    @property
    def is_on_hold(self) -> bool:
        """Whether the writer put us on hold: it does not listen, or says so by an address of nobody."""
        if self.is_refused:
            return False
        return self.host in UNSPECIFIED or self.flow in (Flow.SENDONLY, Flow.INACTIVE)

    def attribute(self, name: str) -> str | None:
        return next((value for key, value in self.attributes if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDescription:
    """A whole description; the order of ``media`` is what an answer must keep."""

    media: tuple[Media, ...]
    session_id: str = "0"
    version: int = 0
    host: str | None = None
    username: str = "-"
    session_name: str = "-"
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def audio(self) -> tuple[Media, ...]:
        return tuple(media for media in self.media if media.kind == "audio")


def read_sdp(body: bytes) -> SessionDescription:
    """Raises InputError when there is no m-line: then it describes no call."""
    sections = _sections(body)
    if len(sections) < 2:
        raise InputError(
            "media_gateway.sdp", "expected a session description with an m= line, got none"
        )
    if len(sections) - 1 > MEDIA_AT_MOST:
        raise InputError(
            "media_gateway.sdp",
            f"expected at most {MEDIA_AT_MOST} m= lines, got {len(sections) - 1}",
        )
    session = _first_values(sections[0])
    attributes = _attributes(sections[0])
    host = _host(session.get("c"))
    flow = _flow(attributes) or Flow.SENDRECV
    origin = (session.get("o") or "").split()
    version = origin[2] if len(origin) > 2 else ""
    return SessionDescription(
        media=tuple(_media(lines, host, flow) for lines in sections[1:]),
        session_id=origin[1] if len(origin) > 1 else "0",
        version=_number(version) or 0,
        host=host,
        username=origin[0] if origin else "-",
        session_name=session.get("s") or "-",
        attributes=tuple(pair for pair in attributes if pair[0] not in _FLOWS),
    )


def write_sdp(description: SessionDescription) -> bytes:
    host = description.host
    lines = [
        "v=0",
        f"o={description.username} {description.session_id} {description.version} "
        f"IN {_address(host or UNSPECIFIED[0])}",
        f"s={description.session_name}",
    ]
    if host is not None:
        lines.append(f"c=IN {_address(host)}")
    lines.append("t=0 0")
    lines.extend(_attribute_line(*pair) for pair in description.attributes)
    for media in description.media:
        lines.extend(_media_lines(media, host))
    return ("\r\n".join(lines) + "\r\n").encode()


_FLOWS = frozenset(flow.value for flow in Flow)
_Line = tuple[str, str]


def _sections(body: bytes) -> list[list[_Line]]:
    """The session's lines, then each m-line's."""
    text = body.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    sections: list[list[_Line]] = [[]]
    for line in text.split("\n"):
        kind, equals, value = line.strip().partition("=")
        if not equals or len(kind) != 1:
            continue
        if kind == "m":
            sections.append([])
        sections[-1].append((kind, value.strip()))
    return sections


def _first_values(lines: list[_Line]) -> dict[str, str]:
    values: dict[str, str] = {}
    for kind, value in lines:
        values.setdefault(kind, value)
    return values


def _attributes(lines: list[_Line]) -> list[tuple[str, str]]:
    found = []
    for kind, value in lines:
        name, _, rest = value.partition(":")
        if kind == "a" and name.strip():
            found.append((name.strip(), rest.strip()))
    return found


def _flow(attributes: list[tuple[str, str]]) -> Flow | None:
    return next((Flow(name) for name, _ in attributes if name in _FLOWS), None)


def _host(connection: str | None) -> str | None:
    """``IN IP4 198.51.100.1/127`` → the address without its multicast scope."""
    words = (connection or "").split()
    host = words[2].partition("/")[0] if len(words) > 2 else ""
    return host or None


def _number(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) <= DIGITS_AT_MOST:
        return int(text)
    return None


def _media(lines: list[_Line], session_host: str | None, session_flow: Flow) -> Media:
    words = lines[0][1].split()
    attributes = _attributes(lines)
    known = dict(reversed(attributes))  # the first of a name counts
    port = _number(words[1].partition("/")[0]) if len(words) > 1 else None
    formats = tuple(words[3:])
    rtcp = known.get("rtcp", "").split()
    return Media(
        kind=words[0].lower() if words else "-",
        port=port if port is not None and port < 65_536 else 0,
        proto=words[2] if len(words) > 2 else "RTP/AVP",
        formats=formats,
        codecs=_codecs(formats, attributes),
        flow=_flow(attributes) or session_flow,
        host=_host(_first_values(lines).get("c")) or session_host,
        label=known.get("label") or None,
        mid=known.get("mid") or None,
        ptime_ms=_number(known.get("ptime", "").partition(".")[0]),
        rtcp_port=_number(rtcp[0]) if rtcp else None,
        rtcp_host=rtcp[3] if len(rtcp) > 3 else None,
        rtcp_mux="rtcp-mux" in known,
        crypto=tuple(line for name, value in attributes for line in _crypto(name, value)),
        attributes=tuple(pair for pair in attributes if _is_other(*pair)),
    )


_MODELLED = _FLOWS | {"label", "mid", "ptime", "rtcp", "rtcp-mux", "rtpmap", "fmtp"}


def _is_other(name: str, value: str) -> bool:
    return name not in _MODELLED and not _crypto(name, value)


def _crypto(name: str, value: str) -> tuple[Crypto, ...]:
    words = value.split(None, 3)
    tag = _number(words[0]) if words else None
    if name != "crypto" or len(words) < 3 or tag is None:
        return ()
    params = words[3].strip() if len(words) > 3 else None
    return (Crypto(tag=tag, suite=words[1], key=words[2], params=params),)


def _codecs(formats: tuple[str, ...], attributes: list[tuple[str, str]]) -> tuple[Codec, ...]:
    maps = _by_payload_type("rtpmap", attributes)
    fmtps = _by_payload_type("fmtp", attributes)
    codecs = []
    for payload_type in dict.fromkeys(map(_number, formats)):
        if payload_type is None or payload_type > 127:
            continue
        codec = _codec(payload_type, maps.get(payload_type), fmtps.get(payload_type))
        if codec is not None:
            codecs.append(codec)
    return tuple(codecs)


def _codec(payload_type: int, rtpmap: str | None, fmtp: str | None) -> Codec | None:
    static = STATIC_CODECS.get(payload_type)
    parts = (rtpmap or "").split("/")
    clock_hz = _number(parts[1].strip()) if len(parts) > 1 else None
    if not clock_hz or not parts[0].strip():
        if static is None:
            return None
        parts, clock_hz = [static.name], static.clock_hz
        channels = static.channels
    else:
        channels = (_number(parts[2].strip()) if len(parts) > 2 else None) or 1
    return Codec(
        payload_type=payload_type,
        name=parts[0].strip(),
        clock_hz=clock_hz,
        channels=channels,
        fmtp=fmtp or None,
    )


def _by_payload_type(wanted: str, attributes: list[tuple[str, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for name, value in attributes:
        number, _, rest = value.partition(" ")
        payload_type = _number(number)
        if name == wanted and payload_type is not None:
            found.setdefault(payload_type, rest.strip())
    return found


def _media_lines(media: Media, session_host: str | None) -> list[str]:
    lines = [" ".join((f"m={media.kind} {media.port} {media.proto}", *media.formats))]
    if media.host is not None and media.host != session_host:
        lines.append(f"c=IN {_address(media.host)}")
    for codec in media.codecs:
        channels = f"/{codec.channels}" if codec.channels > 1 else ""
        lines.append(f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_hz}{channels}")
        if codec.fmtp is not None:
            lines.append(f"a=fmtp:{codec.payload_type} {codec.fmtp}")
    lines.extend(_attribute_line(name, value) for name, value in _modelled(media) if value)
    if media.rtcp_mux:
        lines.append("a=rtcp-mux")
    lines.append(f"a={media.flow}")
    lines.extend(_attribute_line(*pair) for pair in media.attributes)
    return lines


def _modelled(media: Media) -> list[tuple[str, str]]:
    rtcp = "" if media.rtcp_port is None else str(media.rtcp_port)
    if rtcp and media.rtcp_host is not None:
        rtcp += f" IN {_address(media.rtcp_host)}"
    crypto = [
        ("crypto", " ".join(filter(None, (str(line.tag), line.suite, line.key, line.params))))
        for line in media.crypto
    ]
    return [
        ("ptime", "" if media.ptime_ms is None else str(media.ptime_ms)),
        ("rtcp", rtcp),
        ("label", media.label or ""),
        ("mid", media.mid or ""),
        *crypto,
    ]


def _attribute_line(name: str, value: str) -> str:
    return f"a={name}:{value}" if value else f"a={name}"


def _address(host: str) -> str:
    return f"IP6 {host}" if ":" in host else f"IP4 {host}"
