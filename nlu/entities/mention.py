"""Hold something found in a text before it is tied to a segment."""

from dataclasses import dataclass

from domain.understanding import EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """``text[start_char:end_char]`` names something of ``kind``; ``value`` is its normal form."""

    kind: EntityKind
    value: str
    start_char: int
    end_char: int

    def overlaps(self, other: "Mention") -> bool:
        return self.start_char < other.end_char and other.start_char < self.end_char
