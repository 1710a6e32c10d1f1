"""Count what recordings went through."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from media_gateway.siprec.oddity import Oddity


@dataclass(slots=True)
class SiprecCounters:
    """Since the process began. ``oddities`` counts recordings by reason code, each code once a document."""

    recordings: int = 0
    refused: int = 0
    joined: int = 0  # second halves and further streams that went into a running conversation
    updates: int = 0
    snapshots_asked: int = 0
    oddities: Counter[Oddity] = field(default_factory=Counter)
    vendors: Counter[str] = field(default_factory=Counter)

    def note(self, oddities: Iterable[Oddity]) -> tuple[Oddity, ...]:
        """Count each once, and hand them back in order."""
        distinct = tuple(dict.fromkeys(oddities))
        self.oddities.update(distinct)
        return distinct
