"""Summarise latencies in the two figures people ask for."""

from collections.abc import Iterable

from domain.stages import nearest_rank


def summary(values_ms: Iterable[int | None]) -> dict[str, int | None]:
    """``p50`` and ``p95`` by nearest rank, and ``n``; None values are left out, percentiles are None when nothing is left."""
    known = sorted(value for value in values_ms if value is not None)
    return {"p50": nearest_rank(known, 50), "p95": nearest_rank(known, 95), "n": len(known)}
