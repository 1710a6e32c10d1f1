"""Hold what an operator may change about interrupting an agent."""

from dataclasses import dataclass

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistSettings:
    """Scores in [0, 1] as `kb_retrieval` calibrates them; below ``medium_from`` there is silence.

    Both were read off the calibration questions of `kb_retrieval` (2026-11-21). On the held-out ones 93 % of cards
    are right in either band; 3 % of stray remarks bring a medium card and none a high one.
    """

    medium_from: float = 0.75
    high_from: float = 0.9
    gap_ms: int = 8_000
    """Between two new cards of one call; only a sure answer to a new matter may come sooner."""
    held_ms: int = 20_000
    """How long a card may wait for its turn."""
    late_ms: int = 120_000
    """How far behind the caller recognition may be before its answers are history and not help."""
    wrap_up_ms: int = 60_000
    """How long after the call its last phrases may still bring a card."""
    forgotten_ms: int = 4 * 3_600_000
    """How long after its last sign of life a call that never ended is forgotten."""

    def __post_init__(self) -> None:
        if not 0 < self.medium_from <= self.high_from <= 1:
            raise InputError(
                "agent_assist.bands",
                f"expected 0 < medium_from <= high_from <= 1, got {self.medium_from} and {self.high_from}; swap or lower them",
            )
