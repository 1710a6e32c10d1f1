"""Write a transcript for people: times, who, what."""

from asr.transcript_file.document import (
    Entry,
    Line,
    TranscriptDocument,
    clock,
    label,
    language_changes,
)


def as_plain_text(document: TranscriptDocument) -> str:
    """``[00:01:02] caller: …`` one entry a line, below the recording's name, its length and the languages heard."""
    heard = ", ".join(
        f"{document.called(line.speaker)} {line.language}"
        for line in language_changes(document.lines)
    )
    recording = document.recording
    title = " · ".join(
        part for part in (recording.file_name, _whole(recording.duration_ms), heard) if part
    )
    written = [_written(entry, document.called(entry.speaker)) for entry in document.entries]
    return "\n".join([title, "", *written]) + "\n"


def _written(entry: Entry, speaker: str) -> str:
    text = entry.text if isinstance(entry, Line) else label(entry)
    return f"[{_whole(entry.start_ms)}] {speaker}: {' '.join(text.split())}"


def _whole(ms: int) -> str:
    return clock(ms).split(".")[0]
