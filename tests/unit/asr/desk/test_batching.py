"""The desk starts at once when idle, reads together what waited, and lets partials go first when time is short."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
import pytest

from asr.desk.batching import BatchingDesk, open_desk
from asr.desk.machine import NO_MACHINE
from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.settings import WorkshopSettings
from domain.errors import EngineError
from domain.language import HOTLINE_LANGUAGES, ZH
from tests.fakes.clock import FakeClock
from tests.fakes.troubled_reader import a_read, a_sketch
from tests.fakes.utterance_reader import sure_of

POISON = "poison-0"


class SlowMachine:
    """Works on a batch until the test says `go`; a batch with POISON in it breaks."""

    engine = "slow"
    languages = HOTLINE_LANGUAGES
    identifies_language = True

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self.batches: list[list[str]] = []
        self.breaks: Exception = EngineError("asr.machine_lost", "it is gone", retryable=True)
        self.is_free = asyncio.Event()

    async def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        await self._work(["look"] * len(waveforms))
        return [sure_of(ZH) for _ in waveforms]

    async def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        await self._work([f"~{ask.utterance}" for ask in asks])
        return [f"{ask.utterance} {ask.speech_ms}" for ask in asks]

    async def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        await self._work([ask.utterance for ask in asks])
        return [
            Reading(
                text=ask.utterance,
                language=ZH,
                is_sure_of_language=True,
                odds=sure_of(ZH),
                engine=self.engine,
            )
            for ask in asks
        ]

    async def _work(self, batch: list[str]) -> None:
        self.batches.append(batch)
        await self.is_free.wait()
        if POISON in batch or f"~{POISON}" in batch:
            raise self.breaks


@asynccontextmanager
async def a_desk(
    machine: SlowMachine, settings: WorkshopSettings | None = None, clock: FakeClock | None = None
) -> AsyncIterator[BatchingDesk]:
    clock, settings = clock or FakeClock(), settings or WorkshopSettings()
    async with asyncio.timeout(5), open_desk(machine, clock=clock, settings=settings) as desk:
        yield desk


async def settle() -> None:
    """Let everybody who can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_lone_final_starts_at_once_and_alone() -> None:
    machine = SlowMachine()

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        group.create_task(desk.read(a_read(utterance="a-0")))
        await settle()

        assert machine.batches == [["a-0"]]
        assert (desk.strain, desk.waiting) == (1, 0)
        machine.is_free.set()


async def test_what_waited_while_the_machine_was_busy_is_read_together() -> None:
    machine, clock = SlowMachine(), FakeClock()

    async with a_desk(machine, clock=clock) as desk, asyncio.TaskGroup() as group:
        for name in ("a-0", "b-0", "c-0", "d-0"):
            group.create_task(desk.read(a_read(utterance=name)))
            await settle()
        strain = desk.strain
        clock.advance(250)
        machine.is_free.set()

    assert machine.batches == [["a-0"], ["b-0", "c-0", "d-0"]]
    assert strain == 4
    assert (desk.counters.largest_batch, desk.counters.batches) == (3, 2)
    assert (desk.counters.waited_ms, desk.counters.longest_wait_ms) == (750, 250)


async def test_as_many_batches_run_at_once_as_there_are_workers() -> None:
    machine = SlowMachine(workers=2)

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        for name in ("a-0", "b-0", "c-0"):
            group.create_task(desk.read(a_read(utterance=name)))
            await settle()

        assert machine.batches == [["a-0"], ["b-0"]]
        assert desk.strain == 1.5
        machine.is_free.set()


async def test_no_worker_takes_everything_while_another_is_idle() -> None:
    machine = SlowMachine(workers=2)

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        for name in ("a-0", "b-0", "c-0", "d-0"):
            group.create_task(desk.read(a_read(utterance=name)))
        await settle()
        machine.is_free.set()

    assert machine.batches == [["a-0", "b-0"], ["c-0", "d-0"]]


async def test_partials_are_refused_at_once_when_a_final_waits() -> None:
    machine = SlowMachine()

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        for name in ("a-0", "b-0"):
            group.create_task(desk.read(a_read(utterance=name)))
            await settle()

        assert await desk.sketch(a_sketch(utterance="c-0")) is None
        with pytest.raises(TimeoutError):
            await desk.odds(np.zeros(16_000, np.float32))
        machine.is_free.set()

    assert machine.batches == [["a-0"], ["b-0"]]
    assert (desk.counters.partials_refused, desk.counters.looks_refused) == (1, 1)


async def test_the_line_of_partials_is_bounded_and_that_of_finals_is_not() -> None:
    machine = SlowMachine()
    settings = WorkshopSettings(partials_waiting=2)

    async with a_desk(machine, settings) as desk, asyncio.TaskGroup() as group:
        sketches = []
        for n in range(5):
            sketches += [group.create_task(desk.sketch(a_sketch(utterance=f"{n}-0")))]
            await settle()
        refused = [sketch.done() and sketch.result() is None for sketch in sketches]
        finals = [group.create_task(desk.read(a_read(utterance=f"{n}-0"))) for n in range(99)]
        await settle()
        machine.is_free.set()

    assert refused == [False, False, False, True, True]
    assert [final.result().text for final in finals] == [f"{n}-0" for n in range(99)]


async def test_a_newer_sketch_takes_the_place_of_an_older_one_that_waits() -> None:
    machine = SlowMachine()

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        group.create_task(desk.read(a_read(utterance="busy-0")))
        await settle()
        older = group.create_task(desk.sketch(a_sketch(utterance="a-0", ms=500)))
        await settle()
        newer = group.create_task(desk.sketch(a_sketch(utterance="a-0", ms=900)))
        await settle()
        given_up_at_once = older.done()
        machine.is_free.set()

    assert given_up_at_once
    assert (older.result(), newer.result()) == (None, "a-0 900")
    assert machine.batches == [["busy-0"], ["~a-0"]]


async def test_a_final_makes_the_waiting_sketch_of_its_utterance_pointless() -> None:
    machine = SlowMachine()

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        group.create_task(desk.read(a_read(utterance="busy-0")))
        await settle()
        sketch = group.create_task(desk.sketch(a_sketch(utterance="a-0")))
        other = group.create_task(desk.sketch(a_sketch(utterance="b-0")))
        await settle()
        group.create_task(desk.read(a_read(utterance="a-0")))
        await settle()
        machine.is_free.set()

    assert (sketch.result(), other.result()) == (None, "b-0 400")
    assert machine.batches == [["busy-0"], ["a-0"], ["~b-0"]]


async def test_an_ask_whose_caller_left_never_reaches_the_machine() -> None:
    machine = SlowMachine()

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        group.create_task(desk.read(a_read(utterance="busy-0")))
        await settle()
        given_up = group.create_task(desk.read(a_read(utterance="a-0")))
        await settle()
        given_up.cancel()
        await settle()

        assert desk.waiting == 0
        machine.is_free.set()

    assert machine.batches == [["busy-0"]]


async def test_a_broken_batch_is_read_one_by_one_and_only_the_culprit_fails() -> None:
    machine = SlowMachine()

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        group.create_task(desk.read(a_read(utterance="busy-0")))
        await settle()
        good = [group.create_task(desk.read(a_read(utterance=name))) for name in ("a-0", "b-0")]
        bad = group.create_task(failure_of(desk, POISON))
        await settle()
        machine.is_free.set()

    assert [task.result().text for task in good] == ["a-0", "b-0"]
    assert bad.result().code == "asr.unreadable"
    assert "it is gone" in bad.result().message
    assert machine.batches == [["busy-0"], ["a-0", "b-0", POISON], ["a-0"], ["b-0"], [POISON]]
    assert (desk.counters.reads_retried, desk.counters.reads_unreadable) == (3, 1)


async def test_a_bug_in_a_machine_fails_one_utterance_and_not_the_desk() -> None:
    machine = SlowMachine()
    machine.breaks = ZeroDivisionError()
    machine.is_free.set()

    async with a_desk(machine) as desk:
        failure = await failure_of(desk, POISON)

        assert failure.code == "asr.unreadable"
        assert (await desk.read(a_read(utterance="a-0"))).text == "a-0"


async def test_when_there_is_no_machine_nobody_waits_for_a_second_try() -> None:
    machine = SlowMachine()
    machine.breaks = EngineError(NO_MACHINE, "no recogniser can be had", retryable=True)
    machine.is_free.set()

    async with a_desk(machine) as desk:
        assert (await failure_of(desk, POISON)).code == NO_MACHINE

    assert machine.batches == [[POISON]]


async def test_when_the_machine_goes_while_finals_wait_each_is_told_once() -> None:
    machine = SlowMachine()
    machine.breaks = EngineError(NO_MACHINE, "no recogniser can be had", retryable=True)

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        told = []
        for _ in range(4):
            told += [group.create_task(failure_of(desk, POISON))]
            await settle()
        machine.is_free.set()

    assert [task.result().code for task in told] == [NO_MACHINE] * 4
    assert machine.batches == [[POISON], [POISON] * 3]
    assert (desk.waiting, desk.strain, desk.counters.reads_retried) == (0, 0, 0)


async def test_a_machine_that_answers_too_little_leaves_nobody_waiting() -> None:
    class Mumbling(SlowMachine):
        async def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
            readings = await super().read(asks)
            return readings[:1] if len(asks) > 1 else readings

    machine = Mumbling()

    async with a_desk(machine) as desk, asyncio.TaskGroup() as group:
        names = ("a-0", "b-0", "c-0")
        told = []
        for name in names:
            told += [group.create_task(desk.read(a_read(utterance=name)))]
            await settle()
        machine.is_free.set()

    assert tuple(task.result().text for task in told) == names
    assert machine.batches == [["a-0"], ["b-0", "c-0"], ["c-0"]]


async def test_an_utterance_whose_sketch_broke_the_machine_is_not_sketched_again_before_its_final() -> (
    None
):
    machine = SlowMachine()
    machine.is_free.set()

    async with a_desk(machine) as desk:
        for _ in range(3):
            assert await desk.sketch(a_sketch(utterance=POISON)) is None
        assert machine.batches == [[f"~{POISON}"]]
        await failure_of(desk, POISON)
        await desk.sketch(a_sketch(utterance=POISON))

    assert machine.batches[-1] == [f"~{POISON}"]


async def test_closing_refuses_who_waits_and_who_is_at_work() -> None:
    machine = SlowMachine()

    async with asyncio.TaskGroup() as group, a_desk(machine) as desk:
        at_work = group.create_task(failure_of(desk, "a-0"))
        await settle()
        waiting = group.create_task(failure_of(desk, "b-0"))
        await settle()

    assert (at_work.result().code, waiting.result().code) == ("asr.desk_closed",) * 2


async def failure_of(desk: BatchingDesk, utterance: str) -> EngineError:
    with pytest.raises(EngineError) as failure:
        await desk.read(a_read(utterance=utterance))
    return failure.value
