"""Say how far a ratio could be off, so that nobody reads too much into a small set."""

from collections.abc import Sequence

import numpy as np

RESAMPLES = 2_000
SEED = 7


def ratio_interval(
    ours: Sequence[float], theirs: Sequence[float]
) -> tuple[float | None, float | None]:
    """The middle 95 % of sum(ours) / sum(theirs) when clips are drawn again with replacement.

    Efron's percentile bootstrap (1979). None stands for no bound: theirs may well be nothing.
    """
    if len(ours) < 2:
        return None, None
    draws = np.random.default_rng(SEED).integers(0, len(ours), (RESAMPLES, len(ours)))
    above = np.asarray(ours, np.float64)[draws].sum(axis=1)
    below = np.asarray(theirs, np.float64)[draws].sum(axis=1)
    ratios = np.full(RESAMPLES, np.inf)
    np.divide(above, below, out=ratios, where=below > 0)
    ratios[(above == 0) & (below == 0)] = 1.0
    ordered = np.sort(ratios)
    return _finite(ordered[round(0.025 * RESAMPLES)]), _finite(
        ordered[round(0.975 * RESAMPLES) - 1]
    )


def _finite(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None
