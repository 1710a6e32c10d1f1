"""Decide history again and say what would have gone elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from acd.decide import decide
from acd.facts import RoutingFacts
from acd.policy import Policy
from domain.routing import RoutingDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A past decision that this policy would not repeat."""

    then: RoutingDecision
    now: RoutingDecision


def differences(history: Iterable[RoutingDecision], policy: Policy) -> tuple[Difference, ...]:
    """In the order of history; empty when the policy repeats every decision."""
    pairs = ((then, decide(RoutingFacts.from_inputs(then.inputs), policy)) for then in history)
    return tuple(Difference(then=then, now=now) for then, now in pairs if then != now)
