"""The index says when samples were heard: the first, one a minute, and after every gap."""

import json
from pathlib import Path
from typing import Any

from domain.audio import Leg
from domain.ids import CallId
from storage.recordings import FileRecordings, FileRecordingWriter
from tests.fakes.clock import FakeClock

CALL = CallId("call-1")
SECOND = 8_000


class Session:
    """One leg being recorded; the time moves as it speaks."""

    def __init__(self, root: Path) -> None:
        self.clock = FakeClock()
        self._store = FileRecordings(root, clock=self.clock)
        self.index_file = (root / self._store.key(CALL, Leg.CALLER)).with_suffix(".json")

    async def begin(self) -> FileRecordingWriter:
        return await self._store.create(CALL, Leg.CALLER, SECOND)

    async def speak(self, writer: FileRecordingWriter, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.advance(1_000)
            await writer.write(bytes(2 * SECOND))

    def index(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.index_file.read_text())
        return facts

    def times(self) -> list[tuple[int, str]]:
        """(second of the recording, time of day without the date)."""
        return [(sample // SECOND, at[11:23]) for sample, at in self.index()["sample_times"]]


async def test_the_first_sample_and_one_a_minute_have_their_time(tmp_path: Path) -> None:
    session = Session(tmp_path)
    writer = await session.begin()

    await session.speak(writer, 150)
    await writer.close()

    assert session.times() == [
        (0, "01:00:00.000"),
        (60, "01:01:00.000"),
        (120, "01:02:00.000"),
    ]


async def test_the_times_are_on_the_disk_while_the_call_lasts(tmp_path: Path) -> None:
    session = Session(tmp_path)
    writer = await session.begin()

    await session.speak(writer, 65)

    assert session.times() == [(0, "01:00:00.000"), (60, "01:01:00.000")]
    assert session.index()["complete"] is False
    await writer.close()


async def test_after_a_gap_the_time_is_told_and_not_during_it(tmp_path: Path) -> None:
    session = Session(tmp_path)
    writer = await session.begin()

    await session.speak(writer, 10)
    session.clock.advance(300_000)
    for _ in range(300):  # the hole is filled with silence at once
        await writer.write(bytes(2 * SECOND))
    writer.mark()
    await session.speak(writer, 70)
    await writer.close()

    assert session.times() == [
        (0, "01:00:00.000"),
        (310, "01:05:10.000"),
        (370, "01:06:10.000"),
    ]


async def test_gaps_in_quick_succession_share_a_mark(tmp_path: Path) -> None:
    session = Session(tmp_path)
    writer = await session.begin()

    for _ in range(50):
        writer.mark()
        session.clock.advance(100)
        await writer.write(bytes(2 * 800))
    await writer.close()

    assert session.times() == [(n, f"01:00:0{n}.000") for n in range(5)]


async def test_an_index_that_cannot_be_written_costs_no_sound(tmp_path: Path) -> None:
    session = Session(tmp_path)
    writer = await session.begin()
    blocked = session.index_file
    blocked.unlink()
    blocked.mkdir()

    await session.speak(writer, 65)
    blocked.rmdir()
    await writer.close()

    assert session.index()["samples"] == 65 * SECOND
