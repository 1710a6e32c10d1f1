"""Read batches on machines in processes of their own."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import cast

from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.desk.staff import beside
from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.settings import WorkshopSettings
from asr.workshop.hand import Hand
from asr.workshop.parcel import Craft, Load
from asr.workshop.workplace import Hire, Workplace, WorkshopCounters
from domain.language import LanguageTag
from domain.ports import Clock


class Workshop:
    """A `ReadingMachine` of one or more child processes, each with a machine of its own.

    A thread that hangs inside a native library cannot be stopped, and memory that leaked cannot be given back; a
    process can be killed. Every batch has a deadline; the caller keeps the sound until the answer is here and hands
    it in again when the machine was lost meanwhile.
    """

    def __init__(
        self, hire: Hire, *, workers: int, clock: Clock, settings: WorkshopSettings
    ) -> None:
        self.counters = WorkshopCounters()
        self._settings = settings
        self._places = [
            Workplace(hire, clock=clock, settings=settings, counters=self.counters)
            for _ in range(workers)
        ]
        self._engine = ""
        self._languages: tuple[LanguageTag, ...] = ()
        self._identifies_language = False

    @property
    def engine(self) -> str:
        return self._engine

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return self._languages

    @property
    def identifies_language(self) -> bool:
        return self._identifies_language

    @property
    def workers(self) -> int:
        return len(self._places)

    @property
    def places(self) -> Sequence[Workplace]:
        return self._places

    @property
    def pids(self) -> list[int]:
        """The machines that are ready now."""
        return [place.worker.pid for place in self._places if place.worker is not None]

    @property
    def rss_mb(self) -> int:
        """Memory of all machines after their last batches, as far as it is known."""
        return sum(place.worker.rss_mb or 0 for place in self._places if place.worker is not None)

    async def open(self) -> None:
        """Raises EngineError when a machine does not start."""
        for place in self._places:
            await place.open()
        first = self._places[0].worker
        if first is not None:
            self._engine, self._languages = first.engine, first.languages
            self._identifies_language = first.identifies_language

    async def close(self) -> None:
        for place in self._places:
            await place.close()

    async def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        return cast("list[Odds]", await self._do(Craft.ODDS, waveforms, waveforms))

    async def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        sound = [ask.waveform for ask in asks]
        return cast("list[str]", await self._do(Craft.SKETCH, asks, sound))

    async def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        sound = [ask.waveform for ask in asks]
        return cast("list[Reading]", await self._do(Craft.READ, asks, sound))

    async def _do(
        self, craft: Craft, asks: Sequence[object], sound: Sequence[Waveform]
    ) -> list[object]:
        within_s = self._settings.deadline_s + self._settings.deadline_per_sound * _seconds(sound)
        place = min(self._places, key=_reluctance)
        async with place.lock:
            return list(await place.do(craft, asks, within_s))


@asynccontextmanager
async def open_workshop(
    load: Load, *, workers: int, threads: int, clock: Clock, settings: WorkshopSettings
) -> AsyncIterator[Workshop]:
    """Start the machines that ``load`` makes, each with this many threads, and end them afterwards.

    ``load`` is called in the child: a function of a module, or a partial of one, that can be pickled. Raises
    EngineError when a machine does not start.
    """

    async def hire(on_gone: Callable[[], None]) -> Hand:
        return await Hand.hire(
            load,
            threads=threads,
            log_level=logging.getLogger().getEffectiveLevel(),
            within_s=settings.start_within_s,
            still_s=settings.still_s,
            on_gone=on_gone,
        )

    workshop = Workshop(hire, workers=workers, clock=clock, settings=settings)
    try:
        await workshop.open()
        async with beside(*[place.tend for place in workshop.places]):
            yield workshop
    finally:
        await workshop.close()


def _reluctance(place: Workplace) -> tuple[bool, bool, bool]:
    return (place.is_refusing, place.lock.locked(), place.worker is None)


def _seconds(sound: Sequence[Waveform]) -> float:
    return sum(len(waveform) for waveform in sound) / RATE_HZ
