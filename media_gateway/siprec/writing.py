"""Write recording metadata and the request for a full snapshot (RFC 7865, RFC 7866); pure."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from media_gateway.siprec.metadata import DataMode

NAMESPACE = "urn:ietf:params:xml:ns:recording:1"
METADATA_TYPE = "application/rs-metadata+xml"  # RFC 9806
REQUEST_TYPE = "application/rs-metadata-request"
DISPOSITION = "recording-session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A participant as a recording client describes them. ``has_left`` writes the times that end their part."""

    key: str
    aor: str
    label: str | None
    name: str | None = None
    has_left: bool = False


def write_metadata(
    speakers: Sequence[Speaker],
    *,
    session: str,
    at: str,
    sip_session_id: str | None = None,
    mode: DataMode = DataMode.COMPLETE,
) -> bytes:
    """``at`` is the time of the change, as RFC 3339 writes it."""
    own = xml_id(session)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<recording xmlns="{NAMESPACE}">',
        f"<datamode>{mode}</datamode>",
        *_session(own, sip_session_id, at),
    ]
    for speaker in speakers:
        lines += _speaker(speaker, own, at)
    labels = [speaker.label for speaker in speakers if speaker.label is not None]
    for label in dict.fromkeys(labels):
        stream = quoteattr(xml_id(own, "stream", label))
        lines.append(
            f"<stream stream_id={stream} session_id={quoteattr(own)}><label>{escape(label)}</label></stream>"
        )
    lines.append("</recording>")
    return "\r\n".join(lines).encode() + b"\r\n"


def write_snapshot_request(reason: str) -> bytes:
    """Ask a recording client for everything (RFC 7866 section 9.2)."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n'
        f'<requestsnapshot xmlns="{NAMESPACE}">\r\n'
        f'<requestreason xml:lang="en">{escape(reason)}</requestreason>\r\n'
        "</requestsnapshot>\r\n"
    ).encode()


def xml_id(*words: str) -> str:
    """A UUID in base64, as RFC 7865 section 6.10 wants ids, and the same one for the same words."""
    return base64.b64encode(hashlib.sha256("\0".join(words).encode()).digest()[:16]).decode()


def _session(own: str, sip_session_id: str | None, at: str) -> list[str]:
    known = (
        "" if sip_session_id is None else f"<sipSessionID>{escape(sip_session_id)}</sipSessionID>"
    )
    return [
        f"<session session_id={quoteattr(own)}>{known}<start-time>{escape(at)}</start-time></session>",
        f"<sessionrecordingassoc session_id={quoteattr(own)}>"
        f"<associate-time>{escape(at)}</associate-time></sessionrecordingassoc>",
    ]


def _speaker(speaker: Speaker, own: str, at: str) -> list[str]:
    person = quoteattr(xml_id(own, "participant", speaker.key))
    name = "" if speaker.name is None else f"<name>{escape(speaker.name)}</name>"
    kind = "disassociate-time" if speaker.has_left else "associate-time"
    time = f"<{kind}>{escape(at)}</{kind}>"
    sends = ""
    if speaker.label is not None and not speaker.has_left:
        stream = xml_id(own, "stream", speaker.label)
        sends = f"<send>{escape(stream)}</send>"
    return [
        f"<participant participant_id={person}><nameID aor={quoteattr(speaker.aor)}>{name}</nameID></participant>",
        f"<participantsessionassoc participant_id={person} session_id={quoteattr(own)}>{time}"
        "</participantsessionassoc>",
        f"<participantstreamassoc participant_id={person}>{sends}{time if speaker.has_left else ''}"
        "</participantstreamassoc>",
    ]
