"""Run what one leg waits for, and keep the first failure for whoever listens to it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

Errand = asyncio.Task[None]


class Errands:
    """The tasks of one leg. None of them ever raises.

    Words are yielded from inside the task group that owns these tasks, and a group whose task fails would cancel the
    consumer in the middle of whatever it does with a word. So a failure waits here until the consumer comes back.
    """

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._open: set[Errand] = set()
        self.failure: Exception | None = None

    def send(self, work: Coroutine[Any, Any, None]) -> Errand:
        errand = self._tasks.create_task(self._run(work))
        self._open.add(errand)
        errand.add_done_callback(self._open.discard)
        return errand

    def fail(self, failure: Exception) -> None:
        """Remember what broke; the first counts."""
        self.failure = self.failure or failure

    def recall(self) -> None:
        """End them all; they need not finish."""
        for errand in self._open:
            errand.cancel()

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as failure:  # noqa: BLE001 — supervisor
            self.fail(failure)


async def returned(errand: Errand) -> None:
    """Wait until an errand is over, however it went."""
    await asyncio.wait((errand,))
