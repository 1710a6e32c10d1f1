"""Packets leave in order and at once, and a hole is given up while the call goes on."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from media_gateway.webrtc.reorder import PATIENCE, SEQUENCES, Reorder

Delivered = list[tuple[int, int]]


def taken(*sequences: int, flush: bool = False) -> tuple[Delivered, Reorder]:
    """What was delivered: the packet's own number (as its timestamp) and how many are missing before it."""
    out: Delivered = []
    reorder = Reorder(lambda timestamp, _, missing: out.append((timestamp, missing)))
    for sequence in sequences:
        reorder.take(sequence % SEQUENCES, sequence, b"x")
    if flush:
        reorder.flush()
    return out, reorder


def test_packets_in_order_are_handed_on_at_once() -> None:
    out, _ = taken(65_534, 65_535, 65_536)

    assert out == [(65_534, 0), (65_535, 0), (65_536, 0)]


def test_two_that_overtook_each_other_are_put_right() -> None:
    out, reorder = taken(1, 3, 2, 4)

    assert out == [(1, 0), (2, 0), (3, 0), (4, 0)]
    assert reorder.lost == 0


def test_a_lost_packet_is_given_up_after_a_few_more_and_nothing_stays_behind() -> None:
    first, later = 1, list(range(3, 3 + PATIENCE + 1))

    out, reorder = taken(first, *later)

    assert out == [(1, 0), (3, 1), *((n, 0) for n in later[1:])]
    assert reorder.lost == 1


def test_a_duplicate_and_a_latecomer_are_counted_and_not_heard_again() -> None:
    out, reorder = taken(1, 2, 2, 3, 1)

    assert out == [(1, 0), (2, 0), (3, 0)]
    assert reorder.late == 2


def test_numbers_that_jump_far_away_begin_anew() -> None:
    out, reorder = taken(1, 2, 40_000, 40_001)

    assert out == [(1, 0), (2, 0), (40_000, 0), (40_001, 0)]
    assert reorder.lost == 0


def test_what_waits_behind_a_hole_is_heard_at_the_end() -> None:
    out, _ = taken(1, 4, 3, flush=True)

    assert out == [(1, 0), (3, 1), (4, 0)]


@given(
    start=st.integers(0, SEQUENCES - 1),
    lost=st.sets(st.integers(1, 60), max_size=20),
    swaps=st.lists(st.integers(0, 60), max_size=10),
)
def test_whatever_the_network_does_each_packet_is_heard_once_and_every_hole_is_counted(
    start: int, lost: set[int], swaps: list[int]
) -> None:
    sent = [n for n in range(64) if n not in lost]
    arrived = list(sent)
    for at in swaps:
        if at + 1 < len(arrived):
            arrived[at], arrived[at + 1] = arrived[at + 1], arrived[at]

    out, _ = taken(*(start + n for n in arrived), flush=True)

    heard = [timestamp - start for timestamp, _ in out]
    assert heard == sorted(heard)
    assert set(heard) <= set(sent)
    for (before, _), (after, missing) in pairwise(out):
        assert after - before - 1 == missing
