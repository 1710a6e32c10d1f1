"""Open a desk before machines: each in a process of its own, or all on threads of this one."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from asr.desk.batching import BatchingDesk, open_desk
from asr.desk.machine import ThreadedMachine, open_threads
from asr.desk.reading import UtteranceReader
from asr.settings import WorkshopSettings
from asr.workshop.workshop import Workshop, open_workshop
from domain.ports import Clock


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
    opening: AbstractAsyncContextManager[Workshop | ThreadedMachine] = (
        open_workshop(load, workers=workers, threads=threads, clock=clock, settings=settings)
        if settings.isolated
        else open_threads(load, workers=workers)
    )
    async with opening as machine, open_desk(machine, clock=clock, settings=settings) as desk:
        counters: dict[str, object] = {"desk": desk.counters}
        if isinstance(machine, Workshop):
            counters["workshop"] = machine.counters
        yield OpenDesk(desk=desk, counters=counters)
