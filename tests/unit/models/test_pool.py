"""The line before the workers: who goes first, how long it may be, how one leaves it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from domain.errors import EngineError
from models.pool import InferencePool, Priority


class Machine:
    """Work that a test holds open and lets go, and that notes the order it ran in."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.begun = threading.Semaphore(0)
        self._go = threading.Event()

    def holding(self, name: str) -> Callable[[], str]:
        def work() -> str:
            self.begun.release()
            assert self._go.wait(timeout=10)
            self.ran.append(name)
            return name

        return work

    def quick(self, name: str) -> Callable[[], str]:
        def work() -> str:
            self.ran.append(name)
            return name

        return work

    def let_go(self) -> None:
        self._go.set()

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.acquire, timeout=10)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
async def pool(machine: Machine) -> AsyncIterator[InferencePool]:
    pool = InferencePool(name="test", workers=1)
    yield pool
    machine.let_go()
    await pool.aclose()


async def occupy(
    pool: InferencePool, machine: Machine, group: asyncio.TaskGroup
) -> asyncio.Task[str]:
    """Keep the only worker busy until the machine is let go."""
    task = group.create_task(pool.run(machine.holding("first"), priority=Priority.BACKGROUND))
    await machine.has_begun()
    return task


async def until_waiting(pool: InferencePool, jobs: int) -> None:
    async with asyncio.timeout(10):
        while pool.waiting != jobs:  # noqa: ASYNC110 — the pool has no bell for its line
            await asyncio.sleep(0)


async def test_work_runs_in_another_thread_and_its_result_comes_back(pool: InferencePool) -> None:
    assert await pool.run(threading.get_ident, priority=Priority.FINAL) != threading.get_ident()


async def test_an_exception_of_the_work_reaches_who_asked(pool: InferencePool) -> None:
    def broken() -> None:
        raise EngineError("asr.broken", "it broke", retryable=True)

    with pytest.raises(EngineError, match="it broke"):
        await pool.run(broken, priority=Priority.FINAL)

    assert await pool.run(lambda: "still working", priority=Priority.FINAL) == "still working"


async def test_the_most_urgent_goes_first_and_equals_go_in_order_of_arrival(
    pool: InferencePool, machine: Machine
) -> None:
    arrivals = [
        ("background", Priority.BACKGROUND),
        ("partial", Priority.PARTIAL),
        ("final one", Priority.FINAL),
        ("language", Priority.LANGUAGE),
        ("final two", Priority.FINAL),
    ]

    async with asyncio.TaskGroup() as group:
        await occupy(pool, machine, group)
        for name, priority in arrivals:
            group.create_task(pool.run(machine.quick(name), priority=priority))
        await until_waiting(pool, 5)
        machine.let_go()

    assert machine.ran == ["first", "final one", "final two", "language", "partial", "background"]


async def test_never_more_jobs_at_once_than_workers(machine: Machine) -> None:
    pool = InferencePool(name="two", workers=2)

    async with asyncio.TaskGroup() as group:
        for name in ("a", "b", "c"):
            group.create_task(pool.run(machine.holding(name), priority=Priority.FINAL))
        await machine.has_begun()
        await machine.has_begun()

        assert (pool.busy, pool.waiting) == (2, 1)
        assert not machine.begun.acquire(blocking=False)
        machine.let_go()
    await pool.aclose()

    assert sorted(machine.ran) == ["a", "b", "c"]


async def test_a_final_passes_everybody_else_in_the_line(
    pool: InferencePool, machine: Machine
) -> None:
    async with asyncio.TaskGroup() as group:
        await occupy(pool, machine, group)
        for name in ("one", "two", "three"):
            group.create_task(pool.run(machine.quick(name), priority=Priority.PARTIAL))
        final = group.create_task(pool.run(machine.quick("final"), priority=Priority.FINAL))
        await until_waiting(pool, 4)
        machine.let_go()

    assert final.result() == "final"
    assert machine.ran[1] == "final"


async def test_cancelling_a_waiting_job_frees_its_place_and_it_never_runs(
    pool: InferencePool, machine: Machine
) -> None:
    async with asyncio.TaskGroup() as group:
        await occupy(pool, machine, group)
        given_up = group.create_task(pool.run(machine.quick("given up"), priority=Priority.FINAL))
        group.create_task(pool.run(machine.quick("kept"), priority=Priority.BACKGROUND))
        await until_waiting(pool, 2)

        given_up.cancel()
        await until_waiting(pool, 1)
        partial = group.create_task(pool.run(machine.quick("partial"), priority=Priority.PARTIAL))
        await until_waiting(pool, 2)
        machine.let_go()

    assert given_up.cancelled()
    assert partial.result() == "partial"
    assert machine.ran == ["first", "partial", "kept"]


async def test_a_job_cancelled_while_the_worker_becomes_free_never_runs(
    pool: InferencePool, machine: Machine
) -> None:
    async with asyncio.TaskGroup() as group:
        first = await occupy(pool, machine, group)
        given_up = group.create_task(pool.run(machine.quick("given up"), priority=Priority.FINAL))
        await until_waiting(pool, 1)
        machine.let_go()
        given_up.cancel()
        await first

    assert machine.ran == ["first"]


async def test_a_running_job_whose_caller_left_keeps_its_worker_until_it_ends(
    pool: InferencePool, machine: Machine
) -> None:
    async with asyncio.TaskGroup() as group:
        first = await occupy(pool, machine, group)
        first.cancel()
        next_one = group.create_task(pool.run(machine.quick("next"), priority=Priority.FINAL))
        await until_waiting(pool, 1)

        assert pool.busy == 1
        machine.let_go()

    assert next_one.result() == "next"
    assert machine.ran == ["first", "next"]


async def test_closing_lets_the_running_finish_refuses_the_waiting_and_ends_the_threads(
    machine: Machine,
) -> None:
    pool = InferencePool(name="closing", workers=1)
    async with asyncio.TaskGroup() as group:
        first = await occupy(pool, machine, group)
        waiting = group.create_task(refusal(pool, machine.quick("waiting")))
        await until_waiting(pool, 1)
        closing = group.create_task(pool.aclose())
        refused = await waiting
        assert not closing.done()
        machine.let_go()

    assert first.result() == "first"
    assert refused.code == "models.pool_closed"
    assert machine.ran == ["first"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("closing")]


async def refusal(pool: InferencePool, work: Callable[[], str]) -> EngineError:
    with pytest.raises(EngineError) as refused:
        await pool.run(work, priority=Priority.FINAL)
    return refused.value


async def test_a_closed_pool_takes_no_work_and_may_be_closed_again() -> None:
    pool = InferencePool(name="closed", workers=1)
    await pool.aclose()
    await pool.aclose()

    with pytest.raises(EngineError, match="closed"):
        await pool.run(lambda: 1, priority=Priority.FINAL)


async def test_many_callers_at_once_each_get_their_own_answer(pool: InferencePool) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(pool.run(lambda n=n: n * n, priority=Priority(n % 4)))  # type: ignore[misc]
            for n in range(200)
        ]

    assert [task.result() for task in tasks] == [n * n for n in range(200)]
    assert (pool.busy, pool.waiting) == (0, 0)
