"""Weigh a running product again and again while it works, and tell whether it grows."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from bench.process_tree import Weight

EVERY_S = 10.0
A_MINUTE = 6  # weighings


class WeightWatch:
    """Weighs on a thread of its own from ``with`` on: reading the kernel's books takes tens of ms, and sound must not wait.

    ``weighings`` are ``every_s`` apart, the first at once.
    """

    def __init__(self, weigh: Callable[[], Weight], every_s: float = EVERY_S) -> None:
        self.weighings: list[Weight] = []
        self._weigh = weigh
        self._every_s = every_s
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="weighing", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        self.weighings.append(self._weigh())
        while not self._is_over.wait(self._every_s):
            self.weighings.append(self._weigh())

    def figures(self) -> dict[str, Any]:
        """``memory_mb`` is the heaviest weighing, ``memory_mb_by`` and ``processes`` belong to it.

        ``memory_growth_mb`` is the mean of the last quarter of the time minus that of the first; None where a quarter
        is less than a minute: a product that warms up is no product that leaks.
        """
        heaviest = max(self.weighings, key=lambda weight: weight.memory_bytes)
        first, last = quarters_mb(self.weighings)
        return {
            "memory_mb": _mb(heaviest.memory_bytes),
            "memory_mb_by": {
                "serve": _mb(heaviest.own_bytes),
                "machines": [_mb(size) for size in heaviest.children_bytes],
            },
            "processes": heaviest.processes,
            "memory_mb_each_minute": [_mb(w.memory_bytes) for w in self.weighings[::A_MINUTE]],
            "memory_mb_first_quarter": first,
            "memory_mb_last_quarter": last,
            "memory_growth_mb": None if first is None or last is None else round(last - first, 1),
        }


def quarters_mb(weighings: list[Weight]) -> tuple[float | None, float | None]:
    """The mean weight in the first and in the last quarter."""
    quarter = len(weighings) // 4
    if quarter < A_MINUTE:
        return None, None
    first, last = weighings[:quarter], weighings[-quarter:]
    return _mean_mb(first), _mean_mb(last)


def _mean_mb(weighings: list[Weight]) -> float:
    return round(sum(w.memory_bytes for w in weighings) / len(weighings) / 2**20, 1)


def _mb(size: int) -> int:
    return round(size / 2**20)
