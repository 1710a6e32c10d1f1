"""Decide where a call goes: the first rule that holds."""

from acd.facts import RoutingFacts
from acd.policy import Policy
from domain.routing import RoutingDecision


def decide(facts: RoutingFacts, policy: Policy) -> RoutingDecision:
    """Pure: the same facts and policy always give the same decision."""
    usable = policy.usable(facts)
    rule = next(rule for rule in policy.rules if rule.holds(usable))
    return RoutingDecision(
        queue=rule.queue,
        rule_id=rule.rule_id,
        reason_zh=rule.reason_zh,
        reason_en=rule.reason_en,
        inputs=facts.as_inputs(),
    )
