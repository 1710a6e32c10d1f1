"""A machine in a process of its own hangs, dies, leaks or does not start: its utterances are read all the same."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from app.clock import SystemClock
from asr.desk.batching import BatchingDesk, open_desk
from asr.settings import WorkshopSettings
from asr.workshop.parcel import Load
from asr.workshop.workshop import Workshop, open_workshop
from domain.errors import EngineError
from tests.fakes.clock import FakeClock
from tests.fakes.troubled_reader import (
    WORDS,
    Trouble,
    a_read,
    a_sketch,
    a_tone,
    load_and_die,
    load_if,
    load_never,
    load_nothing,
    load_troubled,
    load_with_a_bug,
)

QUICK = WorkshopSettings(
    pause_s=0.01,
    still_s=0,
    deadline_s=1.0,
    deadline_per_sound=0.1,
    retry_after_s=0.2,
    start_tries=2,
)


@asynccontextmanager
async def machines(
    load: Load = load_troubled,
    *,
    workers: int = 1,
    settings: WorkshopSettings = QUICK,
    clock: FakeClock | SystemClock | None = None,
) -> AsyncIterator[tuple[Workshop, BatchingDesk]]:
    clock = clock or SystemClock()
    async with (
        open_workshop(load, workers=workers, threads=1, clock=clock, settings=settings) as workshop,
        open_desk(workshop, clock=clock, settings=settings) as desk,
    ):
        yield workshop, desk


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def told_to(pid: int) -> list[bytes]:
    """The environment of a process."""
    return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")


async def until(condition: str, workshop: Workshop) -> None:
    """Wait for a condition on the workshop, as Python."""
    async with asyncio.timeout(20):
        while not eval(condition, {"shop": workshop}):  # noqa: ASYNC110, S307 — our own words
            await asyncio.sleep(0.005)


async def test_utterances_of_a_stopped_machine_are_read_by_its_successor() -> None:
    async with machines() as (workshop, desk):
        (stopped,) = workshop.pids
        os.kill(stopped, signal.SIGSTOP)

        readings = await asyncio.gather(
            *[desk.read(a_read(hz, utterance=f"call-{hz}-0")) for hz in WORDS]
        )

        assert [reading.text for reading in readings] == [*WORDS.values()]
        assert workshop.pids != [stopped]
        assert not is_alive(stopped)
        assert (workshop.counters.hung, workshop.counters.started) == (1, 2)


async def test_a_machine_that_does_nothing_is_replaced_long_before_its_deadline() -> None:
    settings = WorkshopSettings(still_s=0.2, deadline_s=60)

    async with machines(settings=settings) as (workshop, desk):
        os.kill(workshop.pids[0], signal.SIGSTOP)
        reading = await desk.read(a_read())

    assert reading.text == WORDS[440]
    assert workshop.counters.hung == 1


async def test_a_machine_that_takes_its_time_is_left_in_peace() -> None:
    settings = WorkshopSettings(still_s=0.4, deadline_s=60)

    async with machines(settings=settings) as (workshop, desk):
        reading = await desk.read(a_read(Trouble.THINK))

    assert reading.text
    assert workshop.counters.hung == 0


async def test_an_utterance_that_hangs_the_machine_twice_fails_alone_and_in_time() -> None:
    async with machines() as (workshop, desk):
        asks = [a_read(hz, utterance=f"call-{hz}-0") for hz in (440, Trouble.HANG, 600)]
        answers = await asyncio.gather(*[desk.read(ask) for ask in asks], return_exceptions=True)

    assert isinstance(answers[1], EngineError)
    assert answers[1].code == "asr.unreadable"
    assert "no answer within" in answers[1].message
    assert [getattr(answers[n], "text", None) for n in (0, 2)] == [WORDS[440], WORDS[600]]
    assert workshop.counters.hung == 2


async def test_an_utterance_during_which_the_machine_dies_is_read_by_its_successor(
    tmp_path: Path,
) -> None:
    async with machines(partial(load_troubled, tmp_path / "scar")) as (workshop, desk):
        reading = await desk.read(a_read(Trouble.DIE))

    assert reading.text
    assert (workshop.counters.died, workshop.counters.started) == (1, 2)


async def test_a_machine_that_dies_idle_is_replaced_before_anybody_asks() -> None:
    async with machines() as (workshop, desk):
        os.kill(workshop.pids[0], signal.SIGKILL)
        await until("shop.counters.started == 2", workshop)

        assert (await desk.read(a_read())).text == WORDS[440]
        assert desk.counters.reads_retried == 0


async def test_with_two_machines_one_goes_on_while_the_other_is_replaced() -> None:
    async with machines(workers=2) as (workshop, desk):
        stopped, healthy = workshop.pids
        os.kill(stopped, signal.SIGSTOP)
        readings = await asyncio.gather(
            *[desk.read(a_read(440, utterance=f"call-{n}-0", ms=400 + n)) for n in range(12)]
        )

        assert {reading.text for reading in readings} == {WORDS[440]}
        assert healthy in workshop.pids


async def test_a_machine_that_leaks_is_followed_by_one_that_does_not_and_nobody_waits() -> None:
    settings = WorkshopSettings(max_rss_mb=1, pause_s=0.01)

    async with machines(settings=settings) as (workshop, desk):
        (leaking,) = workshop.pids
        before_mb = workshop.rss_mb
        await desk.read(a_read(Trouble.LEAK))
        at_once = await desk.read(a_read(600))  # its successor is not loaded yet
        await until("shop.counters.started == 2", workshop)
        await until(f"{leaking} not in shop.pids", workshop)
        await desk.read(a_read(600))

        assert at_once.text == WORDS[600]
        assert workshop.counters.too_heavy == 1
        assert workshop.rss_mb < before_mb * 1.5
        assert desk.counters.reads_retried == 0


async def test_a_machine_of_a_certain_age_gets_a_successor() -> None:
    clock = FakeClock()

    async with machines(clock=clock) as (workshop, desk):
        (old,) = workshop.pids
        clock.advance(25 * 3_600_000)
        await desk.read(a_read())
        await until("shop.counters.started == 2", workshop)

        assert workshop.counters.too_old == 1
        assert workshop.pids != [old]


@pytest.mark.parametrize(
    ("load", "code"),
    [
        (load_nothing, "asr.weights"),
        (load_with_a_bug, "asr.load_failed"),
        (load_never, "asr.not_started"),
        (load_and_die, "asr.not_started"),
    ],
)
async def test_a_machine_that_does_not_start_says_why(
    load: Load, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = WorkshopSettings(start_within_s=1)

    with pytest.raises(EngineError) as failure:
        async with machines(load, settings=settings):
            pass

    assert failure.value.code == code
    assert "王小明" not in failure.value.message + caplog.text


async def test_while_no_machine_starts_calls_are_told_and_later_calls_are_read(
    tmp_path: Path,
) -> None:
    weights = tmp_path / "weights"
    weights.touch()

    async with machines(partial(load_if, weights)) as (workshop, desk):
        weights.unlink()
        os.kill(workshop.pids[0], signal.SIGKILL)
        await until("shop.counters.starts_failed == 2", workshop)
        with pytest.raises(EngineError, match="no recogniser can be had") as refused:
            await desk.read(a_read())
        assert await desk.sketch(a_sketch()) is None
        with pytest.raises(TimeoutError):
            await desk.odds(a_tone(440))
        weights.touch()
        await asyncio.sleep(QUICK.retry_after_s)

        assert refused.value.code == "asr.no_machine"
        assert (await desk.read(a_read())).text == WORDS[440]


async def test_what_a_machine_logs_reaches_our_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        async with machines() as (_, desk):
            await desk.read(a_read(Trouble.LOG))
            await desk.read(a_read(Trouble.COMPLAIN))
            with pytest.raises(EngineError):
                await desk.read(a_read(Trouble.RAISE))

    told = next(r for r in caplog.records if r.message == "the sound is odd")
    failed = next(r for r in caplog.records if r.message == "a machine failed on a batch")
    assert (told.levelname, told.__dict__["hz"]) == ("WARNING", Trouble.LOG)
    assert told.__dict__["pii.text"] == "王小明"
    assert failed.__dict__["error"] == "ValueError"
    assert "什么也不能说出去" not in caplog.text
    assert any(getattr(r, "line", "") == "a library writes where it likes" for r in caplog.records)


async def test_a_machine_has_the_threads_it_is_given_and_ignores_the_terminal() -> None:
    async with machines() as (workshop, desk):
        (pid,) = workshop.pids
        environment = told_to(pid)
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)

        assert b"OMP_NUM_THREADS=1" in environment
        assert os.getsid(pid) == pid
        assert (await desk.read(a_read())).text == WORDS[440]
        assert workshop.pids == [pid]


async def test_a_machine_is_told_to_keep_little_memory_unless_somebody_knows_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    async with machines() as (workshop, _):
        assert b"MALLOC_ARENA_MAX=1" in told_to(workshop.pids[0])

    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")
    async with machines() as (workshop, _):
        assert b"MALLOC_ARENA_MAX=4" in told_to(workshop.pids[0])


async def test_closing_leaves_no_process_behind_even_of_a_machine_that_hangs() -> None:
    async with machines(workers=2, settings=WorkshopSettings()) as (workshop, desk):
        pids = workshop.pids
        os.kill(pids[0], signal.SIGSTOP)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(desk.odds(a_tone(440)))
            await asyncio.sleep(0.05)
            waiting.cancel()

    assert not [pid for pid in pids if is_alive(pid)]


PARENT = """
import asyncio, sys
from app.clock import SystemClock
from asr.settings import WorkshopSettings
from asr.workshop.workshop import open_workshop
from tests.fakes.troubled_reader import load_troubled

async def main():
    async with open_workshop(load_troubled, workers=2, threads=1, clock=SystemClock(), settings=WorkshopSettings()) as shop:
        print(*shop.pids, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_a_killed_parent_leaves_no_machine_behind_not_even_a_stopped_one() -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        os.kill(pids[0], signal.SIGSTOP)
        parent.kill()

    until_s = time.monotonic() + 10
    while any(map(is_alive, pids)) and time.monotonic() < until_s:
        time.sleep(0.01)
    assert len(pids) == 2
    assert not [pid for pid in pids if is_alive(pid)]
