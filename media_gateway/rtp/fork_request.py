"""Understand who asks for ports to send RTP to, and which sound will come."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.audio import Leg
from domain.call import Direction
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.codecs import Encoding
from media_gateway.offer import CallOffer
from media_gateway.rtp.crypto_attribute import CryptoAttribute, SrtpKeys, new_crypto, parse_crypto
from media_gateway.rtp.decoders import native_encoding
from media_gateway.rtp.formats import (
    COMFORT_NOISE,
    G722,
    L16_MONO,
    L16_STEREO,
    OPUS,
    PCMA,
    PCMU,
    TELEPHONE_EVENT,
    PayloadFormat,
    format_of,
)

MOST_LEGS = 8
# Numbers under which programs send what has no number of its own: 96 (GStreamer, RFC 3551's first), 97 (FFmpeg),
# 107 and 118 (Asterisk's Opus and slin16), 111 (browsers).
DYNAMIC_TYPES = (96, 97, 107, 111, 118)
SIGNALS = (TELEPHONE_EVENT, COMFORT_NOISE)
UNSAID = (PCMU, PCMA, G722, L16_MONO, L16_STEREO, OPUS, *SIGNALS)
"""What a leg may send that names no format."""
NAMED = {
    "ulaw": "PCMU/8000",
    "pcmu": "PCMU/8000",
    "alaw": "PCMA/8000",
    "pcma": "PCMA/8000",
    "g722": "G722/8000",
    "opus": "opus/48000/2",
    "l16": "L16/16000",
    "slin": "L16/8000",
    "slin16": "L16/16000",
}

Label = Annotated[str, Field(max_length=200)]


class ForkedLeg(BaseModel):
    """One stream: whose sound it is, and what is known about it."""

    model_config = ConfigDict(extra="ignore")

    leg: Leg
    format: Annotated[str, Field(max_length=64)] | None = None
    payload_type: Annotated[int, Field(ge=0, le=127)] | None = None
    crypto: Annotated[str, Field(max_length=1024)] | None = None

    def formats(self) -> tuple[PayloadFormat, ...]:
        """What may come. Raises InputError for a format we cannot decode."""
        if self.format is None:
            return UNSAID
        rtpmap = NAMED.get(self.format.lower(), self.format)
        numbers = DYNAMIC_TYPES if self.payload_type is None else (self.payload_type,)
        named = [format_of(number, rtpmap) for number in numbers]
        known = [one for one in (*_static(rtpmap), *named) if one is not None]
        if self.payload_type is not None:
            known = [one for one in known if one.payload_type == self.payload_type]
        if not any(one.is_sound for one in known):
            raise InputError(
                "media_gateway.rtp_format",
                f"expected a format such as PCMU, PCMA, G722, opus or L16/16000, got {self.format!r}",
            )
        return (*known, *SIGNALS)

    def keys(self) -> SrtpKeys | None:
        """Raises InputError for keys we cannot use."""
        if self.crypto is None:
            return None
        theirs: CryptoAttribute = parse_crypto(self.crypto)
        return SrtpKeys(ours=new_crypto(tag=theirs.tag, suite=theirs.suite), theirs=theirs)


class ForkRequest(BaseModel):
    """A call that will come as RTP. With ``speaks`` we answer on the first leg, so that the call can be talked to."""

    model_config = ConfigDict(extra="ignore")

    legs: Annotated[list[ForkedLeg], Field(min_length=1, max_length=MOST_LEGS)]
    wire_call_id: Label | None = None
    caller_number: Label | None = None
    dialled_number: Label | None = None
    title: Label | None = None
    direction: Direction = Direction.INBOUND
    synthetic: bool = False
    joins: Label | None = None
    call_id: Label | None = None
    campaign_contact: Label | None = None
    speaks: bool = False

    def offer(self) -> CallOffer:
        """Raises InputError when a format is unknown or a leg comes twice."""
        legs = tuple(asked.leg for asked in self.legs)
        if len(set(legs)) != len(legs):
            raise InputError("media_gateway.rtp_legs", "expected every leg once, got one twice")
        sample_rate_hz, encoding = self.sound()
        return CallOffer(
            sample_rate_hz=sample_rate_hz,
            encoding=encoding,
            legs=legs,
            separate=len(legs) > 1,
            watches_itself=True,
            direction=self.direction,
            caller_number=self.caller_number or None,
            dialled_number=self.dialled_number or None,
            title=self.title or None,
            synthetic=self.synthetic,
            joins=CallId(self.joins) if self.joins else None,
            claimed_call_id=CallId(self.call_id) if self.call_id else None,
            campaign_contact=self.campaign_contact or None,
            wire_call_id=self.wire_call_id or None,
        )

    def sound(self) -> tuple[int, Encoding]:
        """The rate and encoding that all legs share: the highest telephone rate among them, and G.711 only if all are."""
        firsts = [asked.formats()[0] for asked in self.legs]
        rate_hz = 8_000 if all(one.sample_rate_hz <= 8_000 for one in firsts) else 16_000
        encodings = {native_encoding(one, rate_hz) for one in firsts}
        return rate_hz, encodings.pop() if len(encodings) == 1 else Encoding.L16


def parse_request(body: bytes) -> ForkRequest:
    """Raises InputError with the first thing that is wrong."""
    try:
        return ForkRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise InputError(
            "media_gateway.rtp_request",
            f'expected JSON like {{"legs": [{{"leg": "caller"}}]}}; {where}: {first["msg"]}',
        ) from None


def _static(rtpmap: str) -> tuple[PayloadFormat, ...]:
    """The format under its own number, when it has one."""
    wanted = rtpmap.lower()
    return tuple(one for one in UNSAID if one.encoding_name.lower() == wanted)
