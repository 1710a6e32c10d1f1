"""Reckon with stretches of time."""

from collections.abc import Iterable, Sequence

Stretch = tuple[int, int]  # (start_ms, end_ms), the end not in it


def merged(stretches: Iterable[Stretch], collar_ms: int = 0) -> tuple[Stretch, ...]:
    """In order, widened by ``collar_ms`` on both sides, none touching another."""
    whole: list[Stretch] = []
    for start_ms, end_ms in sorted(stretches):
        start_ms, end_ms = max(0, start_ms - collar_ms), end_ms + collar_ms
        if whole and start_ms <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end_ms))
        elif start_ms < end_ms:
            whole.append((start_ms, end_ms))
    return tuple(whole)


def total_ms(stretches: Iterable[Stretch]) -> int:
    return sum(end_ms - start_ms for start_ms, end_ms in stretches)


def overlap_ms(ones: Sequence[Stretch], others: Sequence[Stretch]) -> int:
    """How much of two merged sets is common."""
    return sum(
        max(0, min(one[1], other[1]) - max(one[0], other[0])) for one in ones for other in others
    )
