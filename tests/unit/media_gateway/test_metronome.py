"""The metronome keeps time for an hour and minds nobody's trouble."""

import logging

import pytest

from media_gateway.metronome import BEAT_NS, Metronome
from tests.fakes.metronome import EnoughBeats, HandMetronome, VirtualTime

HOUR_NS = 3600 * 1_000_000_000


async def run_out(metronome: Metronome) -> None:
    with pytest.raises(EnoughBeats):
        await metronome.run()


async def test_an_hour_has_exactly_180_000_beats_though_every_wake_up_is_late() -> None:
    time = VirtualTime(until_ns=HOUR_NS + 9_000_000, oversleep_ns=9_000_000)
    metronome = time.metronome()
    worst_late_ns = beats = 0

    def beat() -> None:
        nonlocal worst_late_ns, beats
        beats += 1
        worst_late_ns = max(worst_late_ns, time.now_ns - beats * BEAT_NS)

    metronome.join(beat)
    await run_out(metronome)

    assert (beats, metronome.position, metronome.skipped) == (180_000, 180_000, 0)
    assert worst_late_ns < 9_000_000


async def test_a_small_delay_is_made_up_for() -> None:
    time = VirtualTime(until_ns=1_000_000_000)
    metronome = time.metronome()
    at_ns: list[int] = []

    def beat() -> None:
        at_ns.append(time.now_ns)
        if len(at_ns) == 10:
            time.now_ns += 3 * BEAT_NS

    metronome.join(beat)
    await run_out(metronome)

    assert len(at_ns) == 50
    assert at_ns[10:13] == [13 * BEAT_NS] * 3
    assert at_ns[13:15] == [14 * BEAT_NS, 15 * BEAT_NS]


async def test_after_a_long_stall_the_missed_beats_are_skipped_and_counted() -> None:
    time = VirtualTime(until_ns=1_000_000_000)
    metronome = time.metronome()
    at_ns: list[int] = []

    def beat() -> None:
        at_ns.append(time.now_ns)
        if len(at_ns) == 10:
            time.now_ns += 25 * BEAT_NS

    metronome.join(beat)
    await run_out(metronome)

    assert metronome.skipped == 24
    assert metronome.position == 50
    assert len(at_ns) == 26
    assert at_ns[10:12] == [35 * BEAT_NS, 36 * BEAT_NS]  # in step with the first beat


def test_a_listener_that_fails_stops_nobody_and_is_reported_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    metronome = HandMetronome()
    heard: list[int] = []

    def broken() -> None:
        raise RuntimeError("no sound card")

    metronome.join(broken)
    metronome.join(lambda: heard.append(1))
    with caplog.at_level(logging.ERROR):
        metronome.beat(5)

    assert len(heard) == 5
    assert metronome.failures == 5
    assert len(caplog.records) == 1


def test_whoever_left_is_not_called_again_not_even_in_the_same_beat() -> None:
    metronome = HandMetronome()
    heard: list[str] = []

    def second() -> None:
        heard.append("second")

    def first() -> None:
        heard.append("first")
        metronome.leave(second)

    metronome.join(first)
    metronome.join(second)
    metronome.beat(2)
    metronome.leave(second)

    assert heard == ["first", "first"]


def test_joining_twice_is_heard_once() -> None:
    metronome = HandMetronome()
    heard: list[int] = []

    def beat() -> None:
        heard.append(1)

    metronome.join(beat)
    metronome.join(beat)
    metronome.beat()

    assert heard == [1]
