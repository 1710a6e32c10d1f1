"""Lose patience with a fact that keeps breaking its listener, so that one fact cannot stop a room for ever."""

import logging

from domain.envelope import Envelope
from domain.errors import EngineError, StorageError

log = logging.getLogger(__name__)


class Patience:
    """Count, per named listener, how often in a row the same fact was being handled when the handler failed."""

    def __init__(self, tries: int) -> None:
        self._tries = tries
        self._broken: dict[str, tuple[int, int]] = {}  # name → (position, times)

    def is_lost(self, name: str, fact: Envelope, error: Exception) -> bool:
        """Whether to pass the fact over now. A full disk or a lost machine is not the fact's fault and never counts."""
        if isinstance(error, StorageError) or (isinstance(error, EngineError) and error.retryable):
            return False
        position = fact.position or 0
        known, times = self._broken.get(name, (position, 0))
        times = times + 1 if known == position else 1
        self._broken[name] = (position, times)
        if times < self._tries:
            return False
        del self._broken[name]
        log.error(
            "a fact was passed over because its listener failed on it every time",
            extra={
                "listener": name,
                "kind": type(fact.event).__name__,
                "call_id": fact.call_id,
                "position": position,
            },
        )
        return True
