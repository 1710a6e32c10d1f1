"""Hold what is offered to an agent, always with its source."""

from dataclasses import dataclass
from enum import StrEnum

from domain.ids import SegmentId, SuggestionId
from domain.knowledge import Passage


class Band(StrEnum):
    """How sure we are, in the two words an agent can act on."""

    HIGH = "high"
    MEDIUM = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A signed-off answer worth showing now, and the utterance that made us think so."""

    suggestion_id: SuggestionId
    passage: Passage
    score: float
    band: Band
    because_segment_id: SegmentId
