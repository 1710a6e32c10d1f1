"""Hold a stretch of a leg in which something other than speech was heard."""

from dataclasses import dataclass

from domain.passage import PassageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """``end_sample`` is one past the last; both are counted at 16 kHz since the leg began."""

    start_sample: int
    end_sample: int
    kind: PassageKind

    @property
    def samples(self) -> int:
        return self.end_sample - self.start_sample
