"""Write a transcript as JSON of our own.

Version 1::

    schema       "openhotline-transcript"
    version      1; it rises when a field changes its meaning, never when one is added
    created_at   RFC 3339
    product      name and version of this program
    engine       the weights that wrote it
    recording    file_name, media_type, sha512 (hex), duration_ms, channels, recorded_at (the file's own date)
    speakers     every name that occurs below: a leg, a voice ("A", "B") or "unknown"
    role_hint    voice → "agent", "caller" or "unknown": what its words hint at, which nobody has confirmed; empty
                 where voices were not told apart
    languages    speaker → the languages heard from them, commonest first
    lines        speaker, start_ms, end_ms, text, language (null: nobody is sure), confidence (0 to 1, null: unknown)
    passages     speaker, start_ms, end_ms, kind: hold_music ring_back dtmf announcement noise unreadable

Lines and passages are in order of time.
"""

import json
from collections import Counter
from typing import Any

from asr.transcript_file.document import UNKNOWN, Line, Passage, TranscriptDocument

SCHEMA = "openhotline-transcript"
VERSION = 1


def as_own_json(document: TranscriptDocument) -> str:
    return json.dumps(transcript(document), ensure_ascii=False, indent=2) + "\n"


def transcript(document: TranscriptDocument) -> dict[str, Any]:
    """The object described above."""
    recording = document.recording
    entries = document.entries
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "created_at": document.created_at.isoformat(),
        "product": document.product,
        "engine": document.engine,
        "recording": {
            "file_name": recording.file_name,
            "media_type": recording.media_type,
            "sha512": recording.sha512.hex(),
            "duration_ms": recording.duration_ms,
            "channels": recording.channels,
            "recorded_at": recording.recorded_at.isoformat(),
        },
        "speakers": list(document.speakers),
        "role_hint": {voice: role or UNKNOWN for voice, role in document.role_hints.items()},
        "languages": {speaker: _languages(document, speaker) for speaker in document.speakers},
        "lines": [_line(entry) for entry in entries if isinstance(entry, Line)],
        "passages": [_passage(entry) for entry in entries if isinstance(entry, Passage)],
    }


def _languages(document: TranscriptDocument, speaker: str) -> list[str]:
    spoken = Counter(
        line.language for line in document.lines if line.speaker == speaker and line.language
    )
    return [language for language, _ in spoken.most_common()]


def _line(line: Line) -> dict[str, Any]:
    return {
        "speaker": line.speaker,
        "start_ms": line.start_ms,
        "end_ms": line.end_ms,
        "text": line.text,
        "language": line.language,
        "confidence": None if line.confidence is None else round(line.confidence, 4),
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "speaker": passage.speaker,
        "start_ms": passage.start_ms,
        "end_ms": passage.end_ms,
        "kind": passage.kind.value,
    }
