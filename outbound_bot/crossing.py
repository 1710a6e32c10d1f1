"""Carry work from another thread's event loop to the loop the house lives on."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class Crossing:
    """A way onto one loop. Work that crosses becomes a task of the given group, so somebody owns it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tasks: asyncio.TaskGroup) -> None:
        self._loop = loop
        self._tasks = tasks

    async def over(self, work: Callable[[], Awaitable[T]]) -> T:
        """Await it from any loop. Cancelled when the house's group is."""
        done: Future[T] = Future()
        self._loop.call_soon_threadsafe(self._begin, work, done)
        return await asyncio.wrap_future(done)

    def _begin(self, work: Callable[[], Awaitable[T]], done: "Future[T]") -> None:
        job = _carry(work, done)
        try:
            self._tasks.create_task(job)
        except RuntimeError:  # the group is closing: the house is shutting down
            job.close()
            done.cancel()


async def _carry(work: Callable[[], Awaitable[T]], done: "Future[T]") -> None:
    """Hand the result or the error back; an error stays the asker's and does not end the house's group."""
    try:
        result = await work()
    except asyncio.CancelledError:
        done.cancel()
        raise
    except Exception as error:  # noqa: BLE001 — supervisor: handed on to whoever awaits
        _settle(done, error)
    else:
        if not done.done():
            done.set_result(result)


def _settle(done: "Future[T]", error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
