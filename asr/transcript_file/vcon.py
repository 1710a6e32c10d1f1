"""Write a transcript as a conversation container (IETF draft-ietf-vcon-vcon-core-02, unsigned form)."""

import json
from base64 import urlsafe_b64encode
from typing import Any

from asr.transcript_file.document import TranscriptDocument
from asr.transcript_file.own_json import SCHEMA, VERSION, transcript

SYNTAX = "0.4.0"  # what the draft asks writers of its deprecated version field to put there
VENDOR = "openhotline"
CONTACT_CENTRE = "CC"  # draft-ietf-vcon-cc-extension-02, which gives parties a role


def as_vcon(document: TranscriptDocument, *, uuid: str, sound: bytes | None = None) -> str:
    """One recording, its parties and its transcript as an analysis.

    ``sound`` is the file itself, to be carried inside; without it the dialog names the file and its SHA-512, by which
    whoever has it can tell that it is the one. No address is given: a URL must be one that others can fetch.
    """
    container = {
        "vcon": SYNTAX,
        "uuid": uuid,
        "created_at": document.created_at.isoformat(),
        "extensions": [CONTACT_CENTRE] if any(document.role_hints.values()) else [],
        "parties": [_party(document, speaker) for speaker in document.speakers],
        "dialog": [_dialog(document, sound)],
        "analysis": [_analysis(document)],
    }
    return json.dumps(container, ensure_ascii=False, indent=2) + "\n"


def _party(document: TranscriptDocument, speaker: str) -> dict[str, str]:
    """With a role that is marked as a hint, so that no program takes it for one that somebody stated."""
    role = document.role_hints.get(speaker)
    return {"name": speaker} if role is None else {"name": speaker, "role": f"{role}?"}


def _dialog(document: TranscriptDocument, sound: bytes | None) -> dict[str, Any]:
    recording = document.recording
    dialog: dict[str, Any] = {
        "type": "recording",
        "start": recording.recorded_at.isoformat(),
        "duration": recording.duration_ms / 1000,
        "parties": list(range(len(document.speakers))),
        "mediatype": recording.media_type,
        "filename": recording.file_name,
        "content_hash": f"sha512-{_base64url(recording.sha512)}",
    }
    if sound is not None:
        dialog |= {"body": _base64url(sound), "encoding": "base64url"}
    return dialog


def _analysis(document: TranscriptDocument) -> dict[str, Any]:
    return {
        "type": "transcript",
        "dialog": 0,
        "vendor": VENDOR,
        "product": f"{document.product}, {document.engine}",
        "schema": f"{SCHEMA}/{VERSION}",
        "mediatype": "application/json",
        "encoding": "json",
        "body": json.dumps(transcript(document), ensure_ascii=False),
    }


def _base64url(content: bytes) -> str:
    """Without padding, as RFC 7515 section 2 writes it."""
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
