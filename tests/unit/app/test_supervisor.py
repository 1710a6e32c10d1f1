"""A failed service starts again and the others never notice."""

import asyncio

from app import supervisor
from app.supervisor import ServiceHealth, supervise


async def test_a_service_that_fails_is_started_again(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.0)
    health, starts, running = ServiceHealth(), 0, asyncio.Event()

    async def fails_once() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise ValueError("poison")
        running.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(supervise("nlu", fails_once, health))
        await asyncio.wait_for(running.wait(), 2)

        assert starts == 2
        assert health.restarts == {"nlu": 1}
        assert health.down == set()
        task.cancel()
