"""Bring asks to a machine that reads utterances, most urgent first, without ever blocking a leg's loop."""

from functools import partial
from typing import Protocol

from asr.desk.reading import ReadAsk, Reading, SketchAsk, UtteranceReader
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from domain.language import LanguageTag
from models.pool import InferencePool, Priority

UNREADABLE = "asr.unreadable"  # the code of an EngineError about one utterance; the machine is well


class ReadingDesk(Protocol):
    """What a leg asks for readings. Raises EngineError when no machine can answer."""

    @property
    def engine(self) -> str: ...

    @property
    def languages(self) -> tuple[LanguageTag, ...]: ...

    @property
    def identifies_language(self) -> bool: ...

    @property
    def strain(self) -> float:
        """0 is idle, 1 is every worker busy, above 1 finals wait."""
        ...

    async def odds(self, waveform: Waveform) -> Odds:
        """Raises TimeoutError when there is no time for it: the end of the utterance will tell."""
        ...

    async def sketch(self, ask: SketchAsk) -> str | None:
        """None: too busy now, ask again later."""
        ...

    async def read(self, ask: ReadAsk) -> Reading:
        """Never refused and never thinned out."""
        ...


class PooledDesk:
    """A `ReadingDesk` over one machine on worker threads of this process."""

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
    def strain(self) -> float:
        return self._pool.strain

    async def odds(self, waveform: Waveform) -> Odds:
        work = partial(self._reader.odds, [waveform])
        return (await self._pool.run(work, priority=Priority.LANGUAGE))[0]

    async def sketch(self, ask: SketchAsk) -> str | None:
        answers = await self._pool.try_run(
            partial(self._reader.sketch, [ask]), priority=Priority.PARTIAL
        )
        return answers[0] if answers else None

    async def read(self, ask: ReadAsk) -> Reading:
        return (await self._pool.run(partial(self._reader.read, [ask]), priority=Priority.FINAL))[0]
