"""Decide where a call should go, by written rules only.

Models may put facts on the table (a language, an urgency); which queue follows from them is written in `rules.yaml`,
and the same facts always give the same decision.
"""

from acd.decide import decide
from acd.facts import RoutingFacts
from acd.policy import Policy, Rule
from acd.rulebook import load_policy
from acd.service import RoutingService
from acd.settings import AcdSettings

__all__ = [
    "AcdSettings",
    "Policy",
    "RoutingFacts",
    "RoutingService",
    "Rule",
    "decide",
    "load_policy",
]
