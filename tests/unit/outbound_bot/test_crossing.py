"""Work that comes from another thread runs on the house's loop and belongs to its group."""

import asyncio
import threading

import pytest

from outbound_bot.crossing import Crossing


async def here() -> int:
    return threading.get_ident()


async def test_work_crosses_to_the_houses_thread_and_its_result_comes_back() -> None:
    async with asyncio.TaskGroup() as tasks:
        crossing = Crossing(asyncio.get_running_loop(), tasks)

        ran_in = await asyncio.to_thread(asyncio.run, crossing.over(here))

    assert ran_in == threading.get_ident()


async def test_an_error_goes_back_to_the_asker_and_leaves_the_house_standing() -> None:
    async def fail() -> None:
        raise ValueError("no")

    async with asyncio.TaskGroup() as tasks:
        crossing = Crossing(asyncio.get_running_loop(), tasks)

        with pytest.raises(ValueError, match="no"):
            await asyncio.to_thread(asyncio.run, crossing.over(fail))
        assert await asyncio.to_thread(asyncio.run, crossing.over(here)) == threading.get_ident()


async def test_work_ends_with_the_group_that_owns_it() -> None:
    began = asyncio.Event()

    async def wait() -> None:
        began.set()
        await asyncio.Event().wait()

    async def ask(crossing: Crossing) -> str:
        try:
            await asyncio.to_thread(asyncio.run, crossing.over(wait))
        except asyncio.CancelledError:
            return "cancelled"
        return "done"

    async with asyncio.TaskGroup() as outer:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            asking = outer.create_task(ask(Crossing(loop, group)))
            await began.wait()
            for task in asyncio.all_tasks():
                if task.get_coro().__qualname__ == "_carry":  # type: ignore[union-attr]  # it is a coroutine
                    task.cancel()

    assert asking.result() == "cancelled"
