"""Keep the caller's last few utterances, because a matter is seldom said in one breath."""

from dataclasses import dataclass

from domain.transcript import TranscriptSegment


@dataclass(frozen=True, slots=True)
class Window:
    """The newest utterances of one caller, oldest first."""

    segments: tuple[TranscriptSegment, ...] = ()

    def with_segment(self, new: TranscriptSegment, *, utterances: int, within_ms: int) -> "Window":
        """Add one, forget what is too old. Hearing a segment twice changes nothing."""
        recent = (
            s
            for s in self.segments
            if s.segment_id != new.segment_id and new.start_ms - s.end_ms <= within_ms
        )
        return Window((*recent, new)[-utterances:])

    @property
    def texts(self) -> tuple[str, ...]:
        """The last utterance alone, then with ever more of those before it."""
        said = [segment.text.strip() for segment in self.segments]
        return tuple(" ".join(said[start:]) for start in reversed(range(len(said))))
