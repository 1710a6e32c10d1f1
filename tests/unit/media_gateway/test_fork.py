"""One leg in, many listeners out, each with its own patience."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audio import AudioFrame, AudioGap, GapCause, Leg, Sound
from domain.ids import CallId
from media_gateway.fork import Fork
from media_gateway.tap import Tap

BLOCK = bytes(1600)  # 100 ms at 8 kHz


def a_fork() -> Fork:
    return Fork(call_id=CallId("call"), leg=Leg.CALLER, sample_rate_hz=8_000)


def a_tap(fork: Fork, *, bound_ms: int = 1_000, block_ms: int = 100) -> Tap:
    return fork.tap(bound_ms=bound_ms, block_ms=block_ms, cause=GapCause.OVERFLOW)


async def all_of(tap: Tap) -> list[Sound]:
    return [piece async for piece in tap]


async def test_a_listener_that_starts_late_still_hears_the_first_word() -> None:
    fork = a_fork()
    tap = a_tap(fork)
    for number in range(5):
        fork.feed(bytes([number]) * 1600, heard_at_ms=number * 100)
    fork.close()

    heard = await all_of(tap)

    assert [piece.pcm[0] for piece in heard if isinstance(piece, AudioFrame)] == [0, 1, 2, 3, 4]
    assert heard[0].first_sample == 0


async def test_a_slow_listener_loses_the_oldest_and_is_told_where() -> None:
    fork = a_fork()
    told: list[AudioGap] = []
    tap = fork.tap(bound_ms=1_000, block_ms=100, cause=GapCause.OVERFLOW, on_gap=told.append)
    for _ in range(12):
        fork.feed(BLOCK, heard_at_ms=0)
    fork.close()

    heard = await all_of(tap)

    gap = heard[0]
    assert isinstance(gap, AudioGap)
    assert (gap.first_sample, gap.samples, gap.cause) == (0, 3_200, GapCause.OVERFLOW)
    assert heard[1].first_sample == 3_200
    assert told == [gap]
    assert tap.dropped_samples == 3_200


async def test_a_slow_listener_takes_nothing_from_another() -> None:
    fork = a_fork()
    slow, quick = a_tap(fork, bound_ms=200), a_tap(fork, bound_ms=10_000)
    for _ in range(20):
        fork.feed(BLOCK, heard_at_ms=0)
    fork.close()

    assert len(await all_of(quick)) == 20
    assert isinstance((await all_of(slow))[0], AudioGap)


async def test_a_listener_gets_blocks_as_large_as_it_asked_for() -> None:
    fork = a_fork()
    tap = a_tap(fork, bound_ms=10_000, block_ms=1_000)
    for number in range(25):
        fork.feed(BLOCK, heard_at_ms=number)
    fork.close()

    heard = await all_of(tap)

    assert [piece.end_ms for piece in heard] == [1_000, 2_000, 2_500]
    assert [piece.heard_at_ms for piece in heard if isinstance(piece, AudioFrame)] == [9, 19, 24]


async def test_a_listener_waits_without_turning_until_there_is_something() -> None:
    fork = a_fork()
    tap = a_tap(fork)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(anext(tap))
        await asyncio.sleep(0)
        fork.feed(bytes(800), heard_at_ms=1)
        await asyncio.sleep(0)
        assert not waiting.done()
        fork.feed(bytes(800), heard_at_ms=2)

    assert waiting.result().first_sample == 0


async def test_a_listener_that_is_let_in_later_is_told_what_it_missed() -> None:
    fork = a_fork()
    fork.feed(BLOCK, heard_at_ms=0)
    late = a_tap(fork)
    fork.feed(BLOCK, heard_at_ms=0)
    fork.close()

    gap, frame = await all_of(late)

    assert isinstance(gap, AudioGap)
    assert (gap.first_sample, gap.samples) == (0, 800)
    assert frame.first_sample == 800


async def test_what_a_listener_that_left_never_heard_can_be_told() -> None:
    fork = a_fork()
    tap = a_tap(fork)
    for _ in range(3):
        fork.feed(BLOCK, heard_at_ms=0)
    await anext(tap)
    fork.close()

    unheard = tap.unheard(GapCause.ENGINE)

    assert unheard is not None
    assert (unheard.first_sample, unheard.samples) == (800, 1_600)


async def test_a_closed_fork_ends_every_listening() -> None:
    fork = a_fork()
    tap = a_tap(fork)
    fork.close()

    with pytest.raises(StopAsyncIteration):
        await anext(tap)
    assert await all_of(a_tap(fork)) == []


@given(
    steps=st.lists(
        st.one_of(st.integers(1, 300).map(lambda n: ("feed", n)), st.just(("hear", 0))),
        max_size=60,
    ),
    bound_ms=st.integers(1, 100),
    block_ms=st.integers(1, 50),
)
def test_blocks_and_gaps_together_always_cover_every_sample_once(
    steps: list[tuple[str, int]], bound_ms: int, block_ms: int
) -> None:
    async def scenario() -> None:
        fork = a_fork()
        told: list[AudioGap] = []
        tap = fork.tap(
            bound_ms=bound_ms, block_ms=block_ms, cause=GapCause.OVERFLOW, on_gap=told.append
        )
        heard: list[Sound] = []
        for what, samples in steps:
            if what == "feed":
                fork.feed(bytes(2 * samples), heard_at_ms=0)
            elif tap.is_ready:
                heard.append(await anext(tap))
        fork.close()
        heard += [piece async for piece in tap]

        position = 0
        for piece in heard:
            assert piece.first_sample == position
            position += piece.samples
        assert position == fork.samples
        assert sum(gap.samples for gap in told) == tap.dropped_samples

    asyncio.run(scenario())
