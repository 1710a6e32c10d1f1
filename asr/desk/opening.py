"""Open a desk before machines: each in a process of its own, or all on threads of this one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from asr.desk.batching import BatchingDesk, open_desk
from asr.desk.machine import ThreadedMachine
from asr.desk.reading import UtteranceReader
from asr.settings import WorkshopSettings
from asr.workshop.workshop import open_workshop
from domain.ports import Clock
from models.pool import InferencePool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDesk:
    """A desk at work. ``counters``: objects with whole numbers for the metrics, by whose they are."""

    desk: BatchingDesk
    counters: Mapping[str, object]


@asynccontextmanager
async def open_reading_desk(
    load: Callable[[], UtteranceReader],
    *,
    workers: int,
    threads: int,
    clock: Clock,
    settings: WorkshopSettings,
) -> AsyncIterator[OpenDesk]:
    """``load`` makes one machine; isolated it is called in each child, so it must be importable with its arguments.

    Isolated, every worker has a machine of its own with so many ``threads``; else one machine serves all workers, and
    its threads are what ``load`` makes of them. Raises EngineError when a machine does not start.
    """
    way = _isolated if settings.isolated else _on_threads
    async with way(
        load, workers=workers, threads=threads, clock=clock, settings=settings
    ) as opened:
        yield opened


@asynccontextmanager
async def _isolated(
    load: Callable[[], UtteranceReader],
    *,
    workers: int,
    threads: int,
    clock: Clock,
    settings: WorkshopSettings,
) -> AsyncIterator[OpenDesk]:
    async with (
        open_workshop(
            load, workers=workers, threads=threads, clock=clock, settings=settings
        ) as workshop,
        open_desk(workshop, clock=clock, settings=settings) as desk,
    ):
        counters = {"desk": desk.counters, "workshop": workshop.counters}
        yield OpenDesk(desk=desk, counters=counters)


@asynccontextmanager
async def _on_threads(
    load: Callable[[], UtteranceReader],
    *,
    workers: int,
    threads: int,
    clock: Clock,
    settings: WorkshopSettings,
) -> AsyncIterator[OpenDesk]:
    reader = await asyncio.to_thread(load)
    pool = InferencePool(name="asr", workers=workers, depth=workers)
    try:
        async with open_desk(ThreadedMachine(reader, pool), clock=clock, settings=settings) as desk:
            yield OpenDesk(desk=desk, counters={"desk": desk.counters})
    finally:
        await pool.aclose()
