"""Hold routing rules as data."""

from dataclasses import dataclass

from acd.facts import RoutingFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """``fact`` must be one of ``values``; a fact that is unknown matches only the value ``unknown``."""

    fact: str
    values: tuple[str, ...]

    def holds(self, inputs: dict[str, str]) -> bool:
        return inputs[self.fact] in self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All conditions must hold; a rule without conditions always holds."""

    rule_id: str
    when: tuple[Condition, ...]
    queue: str
    reason_zh: str
    reason_en: str

    def holds(self, inputs: dict[str, str]) -> bool:
        return all(condition.holds(inputs) for condition in self.when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules in order of precedence; the last one always holds, so every call has a queue.

    ``language_min_percent``: below it a guessed language counts as unknown (a guess may only advise when it is sure).
    """

    language_min_percent: int
    rules: tuple[Rule, ...]

    def usable(self, facts: RoutingFacts) -> dict[str, str]:
        """The inputs as the rules may see them."""
        inputs = dict(facts.as_inputs())
        if facts.language_percent < self.language_min_percent:
            inputs["language"] = "unknown"
        return inputs
