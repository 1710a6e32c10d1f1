"""Describe machines that read batches without blocking the loop, and run one on threads of this process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol

from asr.desk.reading import Described, ReadAsk, Reading, SketchAsk, UtteranceReader
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from models.pool import InferencePool, Priority

NO_MACHINE = "asr.no_machine"


class ReadingMachine(Described, Protocol):
    """Reads up to ``workers`` batches at once; answers come in the order of the asks.

    Raises EngineError(NO_MACHINE) when no machine can be had. Anything else it raises concerns this batch, and
    every sound of it may be handed in again.
    """

    @property
    def workers(self) -> int: ...

    async def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]: ...

    async def sketch(self, asks: Sequence[SketchAsk]) -> list[str]: ...

    async def read(self, asks: Sequence[ReadAsk]) -> list[Reading]: ...


class ThreadedMachine:
    """A `ReadingMachine` on threads of this process: cheap to start, and never replaced when it hangs."""

    def __init__(self, reader: UtteranceReader, pool: InferencePool) -> None:
        self._reader = reader
        self._pool = pool
        self.engine = reader.engine
        self.languages = reader.languages
        self.identifies_language = reader.identifies_language
        self.workers = pool.workers

    async def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        work = partial(self._reader.odds, waveforms)
        return await self._pool.run(work, priority=Priority.LANGUAGE)

    async def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        return await self._pool.run(partial(self._reader.sketch, asks), priority=Priority.PARTIAL)

    async def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        return await self._pool.run(partial(self._reader.read, asks), priority=Priority.FINAL)


@asynccontextmanager
async def open_threads(
    load: Callable[[], UtteranceReader], *, workers: int
) -> AsyncIterator[ThreadedMachine]:
    """Load one machine for so many threads. Raises EngineError when it cannot be loaded."""
    reader = await asyncio.to_thread(load)
    pool = InferencePool(name="asr", workers=workers)
    try:
        yield ThreadedMachine(reader, pool)
    finally:
        await pool.aclose()
