"""Hold what was said, revision by revision."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.audio import Leg
from domain.ids import CallId, SegmentId
from domain.language import LanguageTag


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word and where it lies; times since the leg began."""

    text: str
    start_ms: int
    end_ms: int
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSegment:
    """One utterance as heard so far: a higher revision replaces a lower one, one final ends it.

    Times are milliseconds since the leg began, derived from samples. ``words`` may be empty but never wrong.
    ``engine`` is a catalogue id, so that any line can be traced to the weights that wrote it. The first ``committed``
    characters of ``text`` never change: every later revision, the final too, begins with them.
    """

    call_id: CallId
    leg: Leg
    segment_id: SegmentId
    revision: int
    is_final: bool
    start_ms: int
    end_ms: int
    text: str
    language: LanguageTag | None
    engine: str
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    committed: int = 0


@dataclass(frozen=True, slots=True)
class Transcript:
    """All segments of a call, folded: the newest revision of each, in order of time."""

    segments: tuple[TranscriptSegment, ...] = ()

    def with_segment(self, new: TranscriptSegment) -> "Transcript":
        """Fold one revision in. A late partial never replaces a final, nor an older revision a newer."""
        old = next((s for s in self.segments if s.segment_id == new.segment_id), None)
        if old is not None and (old.is_final or old.revision >= new.revision):
            return self
        kept = (s for s in self.segments if s.segment_id != new.segment_id)
        return Transcript(tuple(sorted((*kept, new), key=_by_time)))

    @classmethod
    def of(cls, revisions: Iterable[TranscriptSegment]) -> "Transcript":
        folded = cls()
        for revision in revisions:
            folded = folded.with_segment(revision)
        return folded


def _by_time(segment: TranscriptSegment) -> tuple[int, str, str]:
    return (segment.start_ms, segment.leg, segment.segment_id)
