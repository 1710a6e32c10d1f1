"""Run inference off the event loop, most urgent first, and never more at once than there are workers."""

import asyncio
import heapq
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from itertools import count
from typing import TypeVar, cast

from domain.errors import EngineError

T = TypeVar("T")


class Priority(IntEnum):
    """Who goes first when workers are scarce; within one priority, who came first."""

    FINAL = 0  # words that will be kept
    LANGUAGE = 1  # routing waits for it
    PARTIAL = 2  # a newer one comes in half a second
    BACKGROUND = 3  # nobody is looking


@dataclass(order=True, slots=True)
class _Job:
    """One piece of work in the line; ordered by urgency, then by arrival."""

    priority: Priority
    arrival: int
    work: Callable[[], object] = field(compare=False)
    done: "asyncio.Future[object]" = field(compare=False)


class InferencePool:
    """Worker threads with one line before them.

    All state belongs to the event loop that calls; only ``work`` runs in a thread. A job that has begun
    cannot be stopped: when its caller is cancelled it finishes unheard, and its worker is busy until then.
    """

    def __init__(self, *, name: str, workers: int) -> None:
        """``name`` is that of its threads. The line is as long as there are callers: each of them waits for its answer."""
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=name)
        self._name = name
        self._workers = workers
        self._line: list[_Job] = []
        self._arrivals = count()
        self._busy = 0
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def workers(self) -> int:
        """How many jobs run at once."""
        return self._workers

    @property
    def waiting(self) -> int:
        """Jobs in the line; those being worked on are not in it."""
        return len(self._line)

    @property
    def busy(self) -> int:
        """Workers at work."""
        return self._busy

    async def run(self, work: Callable[[], T], *, priority: Priority) -> T:
        """Wait for a worker and return what ``work`` returns, or raise what it raises.

        Cancelling a waiting job takes it out of the line. Raises EngineError ("models.pool_closed").
        """
        self._check_open()
        job = _Job(priority, next(self._arrivals), work, asyncio.get_running_loop().create_future())
        heapq.heappush(self._line, job)
        self._employ()
        try:
            return cast(T, await job.done)  # a line holds jobs of every result
        finally:
            self._leave_line(job)

    async def aclose(self) -> None:
        """Refuse who waits, let the running finish, end the threads. Closing twice is fine."""
        self._closed = True
        for job in self._line:
            if not job.done.done():
                job.done.set_exception(self._closed_error())
        self._line.clear()
        try:
            await self._idle.wait()
        finally:
            # When we are cancelled meanwhile, the threads end by themselves after their last job.
            self._executor.shutdown(wait=not self._busy)

    def _employ(self) -> None:
        """Give waiting jobs to free workers."""
        while self._line and self._busy < self._workers:
            job = heapq.heappop(self._line)
            if job.done.cancelled():  # its caller has not yet had its turn to leave
                continue
            self._busy += 1
            self._idle.clear()
            running = self._executor.submit(copy_context().run, job.work)
            running.add_done_callback(partial(self._hand_back, job))

    def _hand_back(self, job: _Job, ended: "Future[object]") -> None:
        """In the worker's thread: tell the loop."""
        job.done.get_loop().call_soon_threadsafe(self._finish, job, ended)

    def _finish(self, job: _Job, ended: "Future[object]") -> None:
        self._busy -= 1
        if not job.done.done():  # its caller may have been cancelled meanwhile
            error = ended.exception()
            if error is None:
                job.done.set_result(ended.result())
            else:
                job.done.set_exception(error)
        self._employ()
        if not self._busy:
            self._idle.set()

    def _leave_line(self, job: _Job) -> None:
        if job in self._line:
            self._line.remove(job)
            heapq.heapify(self._line)

    def _check_open(self) -> None:
        if self._closed:
            raise self._closed_error()

    def _closed_error(self) -> EngineError:
        return EngineError(
            "models.pool_closed",
            f"the {self._name} pool is closed; nothing runs in it any more",
            retryable=False,
        )
