"""Find the two halves of a recording request, session description and metadata, however they were wrapped; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import InputError
from media_gateway.sip.multipart import Part, read_parts
from media_gateway.siprec.oddity import Oddity

METADATA_TYPES = frozenset(("application/rs-metadata+xml", "application/rs-metadata"))
SDP_TYPE = "application/sdp"
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?recording(?:_metadata)?[\s>/]", re.IGNORECASE)
_SNIFFED_BYTES = 4_096
_SDP = re.compile(rb"(?:\A|\n)m=\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingBody:
    """What a request carried. Either half may be missing: metadata alone in an UPDATE, SDP alone in a pause."""

    sdp: bytes | None = None
    metadata: bytes | None = None
    oddities: tuple[Oddity, ...] = ()


def read_body(content_type: str | None, body: bytes) -> RecordingBody:
    """Never raises. Types are believed first, then the content itself (a vendor writes `application/ +xml`)."""
    if not body.strip():
        return RecordingBody()
    parts = _parts(content_type or "", body)
    sdp, sdp_sniffed = _find(parts, (SDP_TYPE,), _SDP)
    metadata, metadata_sniffed = _find(parts, METADATA_TYPES, _ROOT)
    noted = {
        Oddity.FOUND_BY_CONTENT: sdp_sniffed or metadata_sniffed,
        Oddity.OLD_CONTENT_TYPE: any(
            part.content_type == "application/rs-metadata" for part in parts
        ),
    }
    return RecordingBody(
        sdp=sdp,
        metadata=metadata,
        oddities=tuple(oddity for oddity, is_so in noted.items() if is_so),
    )


def is_recording(content_type: str | None, body: bytes) -> bool:
    """A quick look without parsing: does it carry recording metadata?"""
    if content_type is None:
        return False
    return (
        b"rs-metadata" in body or "rs-metadata" in content_type.lower() or bool(_ROOT.search(body))
    )


def _parts(content_type: str, body: bytes) -> Sequence[Part]:
    try:
        return read_parts(content_type, body)
    except InputError:
        return ()


def _find(
    parts: Sequence[Part], types: Sequence[str] | frozenset[str], signature: re.Pattern[bytes]
) -> tuple[bytes | None, bool]:
    """(the part, whether its type had to be ignored to find it)."""
    for part in parts:
        if part.content_type in types:
            return part.body, False
    for part in parts:
        if signature.search(part.body[:_SNIFFED_BYTES]):
            return part.body, True
    return None, False
