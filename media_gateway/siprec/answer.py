"""Answer a recording client's offer (RFC 7866 section 7.1, RFC 3264): same m-lines, same order, receive only; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

from domain.audio import GapCause
from media_gateway.rtp.crypto_attribute import CryptoAttribute, first_usable, new_crypto
from media_gateway.rtp.formats import PayloadFormat, common, format_of
from media_gateway.sip.sdp import (
    UNSPECIFIED,
    Codec,
    Flow,
    Media,
    SessionDescription,
    write_sdp,
)
from media_gateway.sip.sdp_words import codec_of, crypto_line, crypto_text
from media_gateway.siprec.oddity import Oddity

PLAIN_PROFILES = frozenset(("RTP/AVP", "RTP/AVPF"))
SECURE_PROFILES = frozenset(("RTP/SAVP", "RTP/SAVPF"))
WIDE_HZ = 16_000
NARROW_HZ = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What we make of one m-line. Without ``formats`` it is refused; ``quiet`` is why nothing is to be heard on it now."""

    place: int
    media: Media
    formats: tuple[PayloadFormat, ...] = ()
    ours: CryptoAttribute | None = None
    theirs: CryptoAttribute | None = None
    quiet: GapCause | None = None

    @property
    def is_usable(self) -> bool:
        return bool(self.formats)

    @property
    def flow(self) -> Flow:
        """We never send: what they do not send is inactive."""
        sends = self.media.flow in (Flow.SENDONLY, Flow.SENDRECV)
        return Flow.RECVONLY if sends and self.is_usable else Flow.INACTIVE

    @property
    def remote(self) -> tuple[str, int] | None:
        """Where they take reports; None when they gave no numeric address: names are not looked up on a socket's path."""
        host = self.media.host
        if host is None or host in UNSPECIFIED or not _is_address(host):
            return None
        return host, self.media.port


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Our end of a usable m-line."""

    host: str
    port: int
    rtcp_port: int


def plan(
    offer: SessionDescription,
    *,
    most_streams: int,
    is_first: bool,
    new_key: Callable[..., CryptoAttribute] = new_crypto,
) -> tuple[Planned, ...]:
    """What we would accept of an offer, one entry for each of its m-lines."""
    planned: list[Planned] = []
    taken = 0
    for place, media in enumerate(offer.media):
        entry = Planned(place=place, media=media)
        if taken < most_streams:
            entry = _planned(entry, new_key)
        taken += entry.is_usable
        planned.append(entry)
    return _with_quiet(planned, is_first=is_first)


def oddities_of(planned: Sequence[Planned], *, is_first: bool) -> tuple[Oddity, ...]:
    usable = [entry for entry in planned if entry.is_usable]
    audio = [entry for entry in planned if _is_wanted(entry.media)]
    noted = {
        Oddity.ONE_STREAM: len(usable) == 1,
        Oddity.SENT_BOTH_WAYS: any(entry.media.flow is Flow.SENDRECV for entry in usable),
        Oddity.BLACK_HOLE: is_first and any(entry.media.host in UNSPECIFIED for entry in usable),
        Oddity.TOO_MANY_STREAMS: len(usable) < len(audio) and len(audio) > 2,
    }
    return tuple(oddity for oddity, is_so in noted.items() if is_so)


def shared_rate_hz(planned: Sequence[Planned]) -> int:
    """One rate for all streams of a call: wide only when every one of them is."""
    rates = [entry.formats[0].sample_rate_hz for entry in planned if entry.is_usable]
    return WIDE_HZ if rates and min(rates) >= WIDE_HZ else NARROW_HZ


def write_answer(
    planned: Sequence[Planned],
    opened: Mapping[int, Opened],
    *,
    host: str,
    session_id: str,
    version: int,
) -> bytes:
    """The description to send: an m-line without an opened port is refused."""
    return write_sdp(
        SessionDescription(
            media=tuple(_section(entry, opened.get(entry.place)) for entry in planned),
            session_id=session_id,
            version=version,
            host=host,
            session_name="recording",
        )
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _planned(entry: Planned, new_key: Callable[..., CryptoAttribute]) -> Planned:
    media = entry.media
    if not _is_wanted(media):
        return entry
    formats = common([known for codec in media.codecs if (known := _format(codec))])
    if not formats or media.proto.upper() in PLAIN_PROFILES:
        return replace(entry, formats=formats)
    theirs = first_usable([crypto_text(line) for line in media.crypto])
    if theirs is None:
        return entry
    ours = new_key(tag=theirs.tag, suite=theirs.suite)
    return replace(entry, formats=formats, ours=ours, theirs=theirs)


def _is_wanted(media: Media) -> bool:
    profile = media.proto.upper()
    known = profile in PLAIN_PROFILES or profile in SECURE_PROFILES
    return media.kind == "audio" and not media.is_refused and known


def _with_quiet(planned: Sequence[Planned], *, is_first: bool) -> tuple[Planned, ...]:
    """One side silent is a hold; all of them at once is the recording paused, as BroadWorks and CUBE do it."""
    reasons = [_quiet(entry.media, is_first=is_first) for entry in planned]
    usable = [reason for entry, reason in zip(planned, reasons, strict=True) if entry.is_usable]
    is_paused = not is_first and len(usable) > 0 and None not in usable
    cause = GapCause.PAUSED if is_paused else GapCause.HELD
    return tuple(
        replace(entry, quiet=cause if reason is GapCause.HELD else reason)
        for entry, reason in zip(planned, reasons, strict=True)
    )


def _quiet(media: Media, *, is_first: bool) -> GapCause | None:
    if (media.attribute("record") or "").lower() in ("paused", "off"):
        return GapCause.PAUSED
    if media.flow in (Flow.INACTIVE, Flow.RECVONLY):
        return GapCause.HELD
    if (
        media.host in UNSPECIFIED and not is_first
    ):  # RFC 2543's way to hold; at first it is a missing address
        return GapCause.HELD
    return None


def _format(codec: Codec) -> PayloadFormat | None:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    return format_of(codec.payload_type, f"{codec.name}/{codec.clock_hz}{channels}", codec.fmtp)


def _section(entry: Planned, opened: Opened | None) -> Media:
    media = entry.media
    if not entry.is_usable or opened is None:
        return Media(
            kind=media.kind,
            port=0,
            proto=media.proto,
            formats=media.formats,
            flow=Flow.INACTIVE,
            label=media.label,
            mid=media.mid,
        )
    return Media(
        kind=media.kind,
        port=opened.port,
        proto=media.proto,
        formats=tuple(str(chosen.payload_type) for chosen in entry.formats),
        codecs=tuple(codec_of(chosen) for chosen in entry.formats),
        flow=entry.flow,
        host=opened.host,
        label=media.label,
        mid=media.mid,
        ptime_ms=entry.formats[0].ptime_ms,
        rtcp_port=None if media.rtcp_mux else opened.rtcp_port,
        rtcp_mux=media.rtcp_mux,
        crypto=() if entry.ours is None else (crypto_line(entry.ours),),
    )
