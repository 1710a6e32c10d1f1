"""The desk keeps its promises over a machine on a thread and over machines in processes of their own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from app.clock import SystemClock
from asr.desk.batching import BatchingDesk
from asr.desk.opening import open_reading_desk
from asr.desk.reading import UtteranceReader
from asr.settings import WorkshopSettings
from tests.contract.reading_desk import ReadingDeskContract


@asynccontextmanager
async def a_desk(
    load: Callable[[], UtteranceReader], *, isolated: bool, workers: int
) -> AsyncIterator[BatchingDesk]:
    settings = WorkshopSettings(isolated=isolated, pause_s=0.01)
    async with open_reading_desk(
        load, workers=workers, threads=1, clock=SystemClock(), settings=settings
    ) as opened:
        yield opened.desk


class TestDeskOverAThread(ReadingDeskContract):
    def open_desk(
        self, load: Callable[[], UtteranceReader]
    ) -> AbstractAsyncContextManager[BatchingDesk]:
        return a_desk(load, isolated=False, workers=1)


class TestDeskOverAProcess(ReadingDeskContract):
    def open_desk(
        self, load: Callable[[], UtteranceReader]
    ) -> AbstractAsyncContextManager[BatchingDesk]:
        return a_desk(load, isolated=True, workers=1)


class TestDeskOverTwoProcesses(ReadingDeskContract):
    def open_desk(
        self, load: Callable[[], UtteranceReader]
    ) -> AbstractAsyncContextManager[BatchingDesk]:
        return a_desk(load, isolated=True, workers=2)
