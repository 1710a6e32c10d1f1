"""Let jobs run beside a body of work, and end them with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def beside(*jobs: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Run the jobs until the body ends. What the body raises comes out as it is, not in a group of one."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job()) for job in jobs]
        try:
            yield
        except Exception as raised:  # noqa: BLE001 — raised again below, outside the group
            failure = raised
        finally:
            for task in tasks:
                task.cancel()
    if failure is not None:
        raise failure
