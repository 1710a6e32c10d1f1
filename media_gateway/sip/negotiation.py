"""Agree on one audio stream by offer and answer (RFC 3264): whose codec, which way, with which keys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

from domain.errors import InputError
from media_gateway.rtp.crypto_attribute import (
    CryptoAttribute,
    SrtpKeys,
    first_usable,
    new_crypto,
)
from media_gateway.rtp.formats import PayloadFormat, common, format_of
from media_gateway.sip.sdp import UNSPECIFIED, Flow, Media, SessionDescription
from media_gateway.sip.sdp_words import codec_of, crypto_line, crypto_text

PLAIN_PROTOS = frozenset({"RTP/AVP", "RTP/AVPF"})
SECURE_PROTOS = frozenset({"RTP/SAVP", "RTP/SAVPF"})
CODEC = "media_gateway.sip_codec"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What one audio m-line came to. ``media`` is theirs, ``line`` its place among their m-lines."""

    line: int
    media: Media
    formats: tuple[PayloadFormat, ...]
    srtp: SrtpKeys | None = None

    @property
    def sound(self) -> PayloadFormat:
        return self.formats[0]

    @property
    def remote(self) -> tuple[str, int] | None:
        """Where they want to hear us; None when they give no number: a name is not looked up per packet, we answer who sends."""
        host = self.media.host
        return (host, self.media.port) if host is not None and _is_address(host) else None

    @property
    def flow(self) -> Flow:
        """Our side of the direction."""
        if self.media.host in UNSPECIFIED and self.media.flow is Flow.SENDRECV:
            return Flow.RECVONLY  # the hold of RFC 2543: they send perhaps, and hear nothing
        return self.media.flow.mirrored


@dataclass(frozen=True, slots=True, kw_only=True)
class OurSide:
    """Our end of the stream: what stands in our descriptions."""

    host: str
    port: int
    rtcp_port: int | None
    session_id: str


def answer_offer(offer: SessionDescription, *, known: SrtpKeys | None = None) -> Agreement:
    """The first audio line with a codec we can decode. Raises InputError when there is none.

    ``known`` are the keys of the call so far: ours stay as they are while the suite does.
    """
    for line, media in enumerate(offer.media):
        if media.kind != "audio" or media.is_refused:
            continue
        formats = common(formats_of(media))
        srtp = _keys(media, known)
        if formats and (srtp is not None or media.proto.upper() in PLAIN_PROTOS):
            return Agreement(line=line, media=media, formats=formats, srtp=srtp)
    raise InputError(
        CODEC,
        "expected an audio line with PCMA, PCMU, G722 or opus over RTP or SDES-SRTP, got none",
    )


def take_answer(
    answer: SessionDescription,
    *,
    offered: Sequence[PayloadFormat],
    ours: CryptoAttribute | None = None,
) -> Agreement:
    """What the far side made of our own offer of one line. Raises InputError when it refused it or chose what we had not said."""
    media = answer.media[0]
    chosen = [known for known in formats_of(media) if _is_among(known, offered)]
    formats = common(chosen)
    if media.is_refused or not formats:
        raise InputError(CODEC, "expected one of the codecs we had offered in the answer, got none")
    srtp = None
    if ours is not None:
        theirs = first_usable([crypto_text(line) for line in media.crypto])
        if theirs is None or theirs.suite != ours.suite:
            raise InputError(CODEC, "expected a key for the SRTP we had offered, got none")
        srtp = SrtpKeys(ours=ours, theirs=theirs)
    return Agreement(line=0, media=media, formats=formats, srtp=srtp)


def describe_answer(
    offer: SessionDescription, agreement: Agreement, ours: OurSide, *, version: int
) -> SessionDescription:
    """Every m-line in their order: ours where we agreed, a port of 0 in all others (RFC 3264 §6)."""
    agreed = section(
        ours,
        agreement.formats,
        flow=agreement.flow,
        proto=agreement.media.proto,
        crypto=agreement.srtp.ours if agreement.srtp is not None else None,
    )
    agreed = replace(agreed, mid=agreement.media.mid, label=agreement.media.label)
    media = tuple(
        agreed if line == agreement.line else _refused(their)
        for line, their in enumerate(offer.media)
    )
    return _session(ours, media, version)


def describe_offer(
    ours: OurSide,
    formats: Sequence[PayloadFormat],
    *,
    version: int,
    flow: Flow = Flow.SENDRECV,
    crypto: CryptoAttribute | None = None,
) -> SessionDescription:
    proto = "RTP/SAVP" if crypto is not None else "RTP/AVP"
    line = section(ours, formats, flow=flow, proto=proto, crypto=crypto)
    return _session(ours, (line,), version)


def section(
    ours: OurSide,
    formats: Sequence[PayloadFormat],
    *,
    flow: Flow,
    proto: str,
    crypto: CryptoAttribute | None = None,
) -> Media:
    """Our own m-line."""
    return Media(
        kind="audio",
        port=ours.port,
        proto=proto,
        formats=tuple(str(known.payload_type) for known in formats),
        codecs=tuple(codec_of(known) for known in formats),
        flow=flow,
        host=ours.host,
        ptime_ms=20,
        rtcp_port=ours.rtcp_port if ours.rtcp_port != ours.port + 1 else None,
        crypto=() if crypto is None else (crypto_line(crypto),),
    )


def formats_of(media: Media) -> list[PayloadFormat]:
    """What of an m-line we can decode, in its order."""
    found = []
    for codec in media.codecs:
        channels = f"/{codec.channels}" if codec.channels > 1 else ""
        encoding = f"{codec.name}/{codec.clock_hz}{channels}"
        known = format_of(codec.payload_type, encoding, codec.fmtp)
        if known is not None:
            found.append(known)
    return found


def _keys(media: Media, known: SrtpKeys | None) -> SrtpKeys | None:
    if media.proto.upper() not in SECURE_PROTOS:
        return None
    theirs = first_usable([crypto_text(line) for line in media.crypto])
    if theirs is None:
        return None
    if known is not None and (known.ours.tag, known.ours.suite) == (theirs.tag, theirs.suite):
        return SrtpKeys(ours=known.ours, theirs=theirs)
    return SrtpKeys(ours=new_crypto(tag=theirs.tag, suite=theirs.suite), theirs=theirs)


def _is_among(chosen: PayloadFormat, offered: Sequence[PayloadFormat]) -> bool:
    """Some answer with numbers of their own; what counts is the encoding."""
    name = chosen.encoding_name.lower()
    return any(name == one.encoding_name.lower() for one in offered)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _refused(media: Media) -> Media:
    return Media(kind=media.kind, port=0, proto=media.proto, formats=media.formats, mid=media.mid)


def _session(ours: OurSide, media: tuple[Media, ...], version: int) -> SessionDescription:
    return SessionDescription(
        media=media, session_id=ours.session_id, version=version, host=ours.host
    )
