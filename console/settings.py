"""Hold what can be set about the console."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """Values and defaults; reads no environment."""

    heartbeat_ms: int = 10_000  # a browser that misses two of these reconnects
    browser_takes_ms: int = (
        15_000  # a browser that needs longer for one message is sent away to come back later
    )
    replay_facts: int = 200  # facts read from the log at once while a browser catches up
    calls_at_hand: int = 512  # recent calls whose facts stay in memory for the sockets


DEFAULT = ConsoleSettings()
