"""Hold the settings of routing."""

from dataclasses import dataclass
from pathlib import Path

STARTER_RULES = Path(__file__).with_name("rules.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcdSettings:
    """``rules``: the file the policy is read from at start."""

    rules: Path = STARTER_RULES
