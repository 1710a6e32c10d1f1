"""Hold the snapshot a routing decision may look at, and nothing else."""

from dataclasses import dataclass

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingFacts:
    """What is known about a call right now. None is unknown; percents are integers so that replays are exact."""

    direction: str
    dialled_number: str | None = None
    key: str | None = None
    language: str | None = None
    language_percent: int = 0
    urgency: str | None = None
    category: str | None = None

    def as_inputs(self) -> tuple[tuple[str, str], ...]:
        """(name, value) pairs in a fixed order, for the log and for replay."""
        return (
            ("direction", self.direction),
            ("dialled_number", self.dialled_number or UNKNOWN),
            ("key", self.key or UNKNOWN),
            ("language", self.language or UNKNOWN),
            ("language_percent", str(self.language_percent)),
            ("urgency", self.urgency or UNKNOWN),
            ("category", self.category or UNKNOWN),
        )

    @classmethod
    def from_inputs(cls, inputs: tuple[tuple[str, str], ...]) -> "RoutingFacts":
        """Read back what `as_inputs` wrote."""
        known = {name: value for name, value in inputs if value != UNKNOWN}
        return cls(
            direction=known["direction"],
            dialled_number=known.get("dialled_number"),
            key=known.get("key"),
            language=known.get("language"),
            language_percent=int(known.get("language_percent", "0")),
            urgency=known.get("urgency"),
            category=known.get("category"),
        )
