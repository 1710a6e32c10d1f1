"""What gathers in the allocator is given back, and not after every batch."""

import pytest

from asr.workshop.memory import Thrift


class Heap:
    """Memory that grows with batches and shrinks when it is given back."""

    def __init__(self) -> None:
        self.mb, self.trims = 400, 0

    def trim(self) -> None:
        self.mb, self.trims = 200, self.trims + 1


@pytest.fixture
def heap() -> Heap:
    return Heap()


@pytest.fixture
def thrift(heap: Heap) -> Thrift:
    return Thrift(lambda: heap.mb, heap.trim)


def test_what_loading_needed_is_given_back(heap: Heap, thrift: Thrift) -> None:
    thrift.give_back()

    assert heap.mb == 200


def test_a_little_is_kept_for_the_next_batch(heap: Heap, thrift: Thrift) -> None:
    thrift.give_back()
    heap.mb += 20
    thrift.after_batch()

    assert (heap.mb, heap.trims) == (220, 1)


def test_much_is_given_back_after_the_batch(heap: Heap, thrift: Thrift) -> None:
    thrift.give_back()
    heap.mb += 90
    thrift.after_batch()

    assert (heap.mb, heap.trims) == (200, 2)


def test_where_nobody_tells_nothing_is_given_back(heap: Heap) -> None:
    Thrift(lambda: None, heap.trim).after_batch()

    assert heap.trims == 0
