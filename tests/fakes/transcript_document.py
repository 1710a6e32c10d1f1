"""Build the transcript of a recording that nobody made."""

import hashlib
from datetime import UTC, datetime

from asr.transcript_file.document import Line, Passage, Recording, TranscriptDocument
from domain.language import EN, ZH, LanguageTag
from domain.passage import PassageKind

SOUND = b"the bytes of the recording"


def a_line(speaker: str, start_ms: int, text: str, language: LanguageTag | None = EN) -> Line:
    return Line(
        speaker=speaker,
        start_ms=start_ms,
        end_ms=start_ms + 1_500,
        text=text,
        language=language,
        confidence=0.91234,
    )


def a_document() -> TranscriptDocument:
    """A call of two sides with a line each, two languages and music between."""
    return TranscriptDocument(
        recording=Recording(
            file_name="call.wav",
            media_type="audio/x-wav",
            sha512=hashlib.sha512(SOUND).digest(),
            duration_ms=3_723_004,
            channels=2,
            recorded_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        ),
        speakers=("caller", "agent"),
        lines=(
            a_line("caller", 1_000, "Is A < B & C?"),
            a_line("agent", 4_000, "您好，请讲。", ZH),
            a_line("caller", 3_661_000, "No."),
        ),
        passages=(
            Passage(speaker="caller", start_ms=6_000, end_ms=48_000, kind=PassageKind.HOLD_MUSIC),
        ),
        engine="whisper-base",
        product="OpenHotline 0.1.0",
        created_at=datetime(2026, 11, 22, 3, 0, tzinfo=UTC),
    )
