"""A soak tells how heavy the product was, minute by minute, and whether it grew."""

import threading

from bench.process_tree import Weight
from bench.weight_watch import WeightWatch

MB = 2**20


def weight(own_mb: int, *machines_mb: int) -> Weight:
    return Weight(own_bytes=own_mb * MB, children_bytes=tuple(m * MB for m in machines_mb), cpu_s=0)


def watched(*weights: Weight) -> WeightWatch:
    """What is known after these weighings, each taken as soon as the one before it is done."""
    to_come, all_taken = iter(weights[:-1]), threading.Event()

    def weigh() -> Weight:
        taken = next(to_come, None)
        if taken is None:
            all_taken.set()
        return taken or weights[-1]

    with WeightWatch(weigh, every_s=0) as watch:
        all_taken.wait(5)
    del watch.weighings[len(weights) :]
    return watch


def test_the_heaviest_moment_counts_with_its_parts() -> None:
    figures = watched(weight(100, 300, 200), weight(150, 400), weight(90, 300)).figures()

    assert figures["memory_mb"] == 600
    assert figures["memory_mb_by"] == {"serve": 100, "machines": [300, 200]}
    assert figures["processes"] == 3


def test_every_minute_is_written_down() -> None:
    figures = watched(*[weight(mb) for mb in range(1, 14)]).figures()

    assert figures["memory_mb_each_minute"] == [1, 7, 13]


def test_growth_is_the_last_quarter_against_the_first() -> None:
    quarters = [100, 102] * 3 + [0] * 12 + [110, 112] * 3

    figures = watched(*map(weight, quarters)).figures()

    assert figures["memory_mb_first_quarter"] == 101.0
    assert figures["memory_mb_last_quarter"] == 111.0
    assert figures["memory_growth_mb"] == 10.0


def test_a_moment_is_too_short_to_grow_in() -> None:
    figures = watched(*map(weight, range(100, 123))).figures()

    assert figures["memory_growth_mb"] is None
