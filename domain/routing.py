"""Hold a routing decision that can be asked "why?"."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingDecision:
    """Where the call should go, by which written rule, from which facts.

    ``inputs`` are (name, value) pairs in a fixed order: the same inputs always give the same decision.
    """

    queue: str
    rule_id: str
    reason_zh: str
    reason_en: str
    inputs: tuple[tuple[str, str], ...]
