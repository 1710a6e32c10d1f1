"""A recording keeps time whatever the disk does, and the call never feels it."""

import asyncio
import logging

import pytest

from domain.audio import AudioGap, GapCause, Leg
from domain.ids import CallId
from media_gateway.fork import Fork
from media_gateway.recorder import Recorder
from media_gateway.tap import Tap
from tests.fakes.recording_store import MemoryRecordings

CALL = CallId("call")


class Desk:
    """A recorder, its leg and its disk; blocks of 100 ms hold their own number."""

    def __init__(self, *, retry_ms: int = 100, bound_ms: int = 60_000) -> None:
        self.disk = MemoryRecordings()
        self.gaps: list[AudioGap] = []
        self.troubles = 0
        self.fork = Fork(call_id=CALL, leg=Leg.CALLER, sample_rate_hz=8_000)
        self.tap: Tap = self.fork.tap(bound_ms=bound_ms, block_ms=100, cause=GapCause.DISK)
        self.recorder = Recorder(
            store=self.disk,
            call_id=CALL,
            leg=Leg.CALLER,
            sample_rate_hz=8_000,
            retry_ms=retry_ms,
            close_ms=50,
            on_gap=self.gaps.append,
            on_trouble=self._count,
        )
        self._blocks = 0

    def _count(self) -> None:
        self.troubles += 1

    def feed(self, blocks: int) -> None:
        for _ in range(blocks):
            self._blocks += 1
            self.fork.feed(bytes([self._blocks]) * 1600, heard_at_ms=0)

    @property
    def kept(self) -> list[int]:
        """The number in each 100 ms of the file, 0 for silence."""
        return list(self.disk.sound.get(self.disk.key(CALL, Leg.CALLER), b"")[::1600])

    @property
    def holes_ms(self) -> list[tuple[int, int]]:
        rest = self.recorder.unwritten(self.fork.samples)
        return [(gap.start_ms, gap.end_ms) for gap in (*self.gaps, *([rest] if rest else []))]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_every_sample_is_kept() -> None:
    desk = Desk()
    desk.feed(5)
    desk.fork.close()

    samples = await desk.recorder.run(desk.tap)

    assert samples == 4_000
    assert desk.kept == [1, 2, 3, 4, 5]
    assert desk.gaps == []
    assert desk.disk.closed


async def test_a_disk_that_was_full_for_a_while_leaves_silence_of_the_same_length(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    async with asyncio.TaskGroup() as group:
        recording = group.create_task(desk.recorder.run(desk.tap))
        desk.feed(2)
        await settle()
        desk.disk.is_full = True
        desk.feed(3)
        await settle()
        desk.disk.is_full = False
        desk.feed(4)
        await settle()
        desk.fork.close()

    assert recording.result() == 7_200
    assert desk.kept == [1, 2, 0, 0, 0, 0, 7, 8, 9]
    assert desk.holes_ms == [(200, 600)]
    assert {gap.cause for gap in desk.gaps} == {GapCause.DISK}
    assert desk.troubles == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_a_disk_that_stays_full_is_one_gap_to_the_end_and_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    async with asyncio.TaskGroup() as group:
        recording = group.create_task(desk.recorder.run(desk.tap))
        desk.feed(2)
        await settle()
        desk.disk.is_full = True
        desk.feed(30)
        desk.fork.close()

    assert recording.result() == 1_600
    assert desk.holes_ms == [(200, 3_200)]
    assert len(caplog.records) == 1


async def test_a_disk_that_is_full_from_the_start_is_left_alone_between_tries() -> None:
    desk = Desk(retry_ms=1_000)
    desk.disk.is_full = True
    desk.feed(30)
    desk.fork.close()

    samples = await desk.recorder.run(desk.tap)

    assert samples == 0
    assert desk.disk.attempts == 4
    assert desk.holes_ms == [(0, 3_000)]


async def test_a_disk_that_hangs_costs_the_oldest_sound_and_nothing_else() -> None:
    desk = Desk(bound_ms=1_000)
    desk.feed(1)
    desk.disk.hangs = True
    async with asyncio.TaskGroup() as group:
        recording = group.create_task(desk.recorder.run(desk.tap))
        await settle()
        desk.feed(20)
        recording.cancel()

    assert desk.fork.samples == 21 * 800
    assert desk.holes_ms == [(0, 2_100)]


async def test_sound_that_was_dropped_for_the_recorder_is_silence_in_its_place() -> None:
    desk = Desk(bound_ms=400)
    desk.feed(6)
    desk.fork.close()

    await desk.recorder.run(desk.tap)

    assert desk.kept == [0, 0, 3, 4, 5, 6]
    assert desk.holes_ms == [(0, 200)]


async def test_a_leg_without_sound_leaves_no_file() -> None:
    desk = Desk()
    desk.fork.close()

    assert await desk.recorder.run(desk.tap) == 0
    assert desk.disk.sound == {}


async def test_a_hole_that_came_with_the_sound_keeps_its_cause_and_is_in_the_index() -> None:
    desk = Desk()
    desk.feed(1)
    desk.fork.skip(1_600, GapCause.HELD)
    desk.feed(1)
    desk.fork.close()

    await desk.recorder.run(desk.tap)

    assert desk.kept == [1, 0, 0, 2]
    assert [(gap.start_ms, gap.end_ms, gap.cause) for gap in desk.gaps] == [
        (100, 300, GapCause.HELD)
    ]
    assert [sample for _, sample in desk.disk.marked] == [2_400]
