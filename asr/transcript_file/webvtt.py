"""Write a transcript as subtitles with speakers (W3C WebVTT)."""

from asr.transcript_file.document import (
    Entry,
    Line,
    TranscriptDocument,
    clock,
    label,
    language_changes,
)

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_A_NAME = str.maketrans({"\n": " ", "\r": " ", ">": " ", "&": "&amp;"})


def as_webvtt(document: TranscriptDocument) -> str:
    """One cue per entry, the speaker as its voice; a note says when a speaker's language begins or changes."""
    changes = set(map(id, language_changes(document.lines)))
    blocks = [
        "WEBVTT",
        _note(f"{document.recording.file_name}, {document.product}, {document.engine}"),
    ]
    for number, entry in enumerate(document.entries, 1):
        speaker = document.called(entry.speaker)
        if isinstance(entry, Line) and id(entry) in changes:
            blocks.append(_note(f"{speaker} speaks {entry.language}"))
        blocks.append(_cue(number, entry, speaker))
    return "\n\n".join(blocks) + "\n"


def _note(text: str) -> str:
    """A comment may not hold an arrow (WebVTT section 4.3)."""
    return "NOTE " + " ".join(text.replace("-->", "→").split())


def _cue(number: int, entry: Entry, speaker: str) -> str:
    text = entry.text if isinstance(entry, Line) else label(entry)
    # An empty cue would last no time at all and is not allowed.
    until = clock(max(entry.end_ms, entry.start_ms + 1))
    voice = speaker.translate(_IN_A_NAME)
    said = " ".join(text.translate(_ESCAPES).split())
    return f"{number}\n{clock(entry.start_ms)} --> {until}\n<v {voice}>{said}"
