"""Remember when each step of one utterance happened, so that latency is a fact and not an opinion."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Monotonic milliseconds of the process that heard the sound; only differences mean anything.

    ``onset_heard_ms`` and ``speech_end_heard_ms`` are when the first and last sample of the speech reached
    our socket; ``first_partial_ms`` is None when the utterance was too short to show a partial.
    """

    onset_heard_ms: int
    speech_end_heard_ms: int
    first_partial_ms: int | None
    final_ms: int

    @property
    def first_partial_latency_ms(self) -> int | None:
        return (
            None if self.first_partial_ms is None else self.first_partial_ms - self.onset_heard_ms
        )

    @property
    def final_latency_ms(self) -> int:
        return self.final_ms - self.speech_end_heard_ms


def nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The percentile that really occurred among ascending values; None when there are none."""
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
