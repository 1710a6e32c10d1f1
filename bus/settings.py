"""Hold what can be set about the corridor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BusSettings:
    """Values and defaults; reads no environment."""

    batch_facts: int = 64  # facts a listener takes from the log at once
    tail_facts: int = (
        1_024  # newest facts kept in memory, so that a listener in step never asks the log
    )
    volatile_waiting: int = 256  # volatile events kept for one listener that is behind
    acknowledge_every: int = (
        64  # a busy listener's place is saved this often; an idle one's at once
    )
    tries_per_fact: int = 3  # a fact on which its listener fails this often in a row is passed over


DEFAULT = BusSettings()
