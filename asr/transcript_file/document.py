"""Hold the whole transcript of one recording, before it is written in any format."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from asr.diarization.role_hint import Role
from domain.language import LanguageTag
from domain.passage import PassageKind

UNKNOWN = "unknown"  # whose words they are, where nobody can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One utterance; times since the recording began. ``language`` is None where nobody is sure."""

    speaker: str
    start_ms: int
    end_ms: int
    text: str
    language: LanguageTag | None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch without words, and why."""

    speaker: str
    start_ms: int
    end_ms: int
    kind: PassageKind


Entry = Line | Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was listened to. ``recorded_at`` is the file's own date, the nearest thing to a time that a file has."""

    file_name: str
    media_type: str
    sha512: bytes
    duration_ms: int
    channels: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptDocument:
    """Everything there is to write. ``speakers`` in the order in which they are listed.

    ``role_hints`` has every voice that was told apart, and what its words hint at; None where they do not.
    """

    recording: Recording
    speakers: tuple[str, ...]
    lines: tuple[Line, ...]
    passages: tuple[Passage, ...]
    engine: str
    product: str
    created_at: datetime
    role_hints: Mapping[str, Role | None] = field(default_factory=dict)

    def called(self, speaker: str) -> str:
        """How people read a speaker: ``A (agent?)`` where the words hint at a role."""
        role = self.role_hints.get(speaker)
        return speaker if role is None else f"{speaker} ({role}?)"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Lines and passages in order of time."""
        return tuple(sorted((*self.lines, *self.passages), key=_by_time))


def _by_time(entry: Entry) -> tuple[int, int, str]:
    return entry.start_ms, entry.end_ms, entry.speaker


_NAMES = {
    PassageKind.HOLD_MUSIC: "hold",
    PassageKind.RING_BACK: "tones",
    PassageKind.DTMF: "keys",
    PassageKind.ANNOUNCEMENT: "announcement",
    PassageKind.NOISE: "noise",
    PassageKind.UNREADABLE: "unreadable",
}


def label(passage: Passage) -> str:
    """``[hold 42 s]``; at least one second."""
    seconds = max(1, round((passage.end_ms - passage.start_ms) / 1000))
    return f"[{_NAMES[passage.kind]} {seconds} s]"


def language_changes(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines with which a speaker's known language begins or changes."""
    spoken: dict[str, LanguageTag] = {}
    for line in lines:
        if line.language is not None and spoken.get(line.speaker) != line.language:
            spoken[line.speaker] = line.language
            yield line


def clock(ms: int) -> str:
    """``01:02:03.004``."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
