"""Describe machines that read batches without blocking the loop, and run one on threads of this process."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from asr.desk.reading import ReadAsk, Reading, SketchAsk, UtteranceReader
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from domain.language import LanguageTag
from models.pool import InferencePool, Priority

NO_MACHINE = "asr.no_machine"


class ReadingMachine(Protocol):
    """Reads up to ``workers`` batches at once; answers come in the order of the asks.

    Raises EngineError(NO_MACHINE) when no machine can be had. Anything else it raises concerns this batch, and
    every sound of it may be handed in again.
    """

    @property
    def engine(self) -> str: ...

    @property
    def languages(self) -> tuple[LanguageTag, ...]: ...

    @property
    def identifies_language(self) -> bool: ...

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

    @property
    def engine(self) -> str:
        return self._reader.engine

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return self._reader.languages

    @property
    def identifies_language(self) -> bool:
        return self._reader.identifies_language

    @property
    def workers(self) -> int:
        return self._pool.workers

    async def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        work = partial(self._reader.odds, waveforms)
        return await self._pool.run(work, priority=Priority.LANGUAGE)

    async def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        return await self._pool.run(partial(self._reader.sketch, asks), priority=Priority.PARTIAL)

    async def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        return await self._pool.run(partial(self._reader.read, asks), priority=Priority.FINAL)
