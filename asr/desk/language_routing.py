"""Bring each language to the machine that reads it best, and to the next one when that is lost."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from asr.desk.machine import NO_MACHINE
from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.desk.reading_desk import UNREADABLE, ReadingDesk
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from domain.errors import EngineError
from domain.language import LanguageTag
from domain.ports import Clock

log = logging.getLogger(__name__)

_LANGUAGE_WINDOW_SAMPLES = 64_000  # four seconds at 16 kHz say which language it is


@dataclass(frozen=True, slots=True)
class Chosen:
    """The language of an utterance that was already settled; can be pickled."""

    language: LanguageTag
    is_sure: bool

    def __call__(self, odds: Odds) -> tuple[LanguageTag, bool]:
        return self.language, self.is_sure


class LanguageRouting:
    """A `ReadingDesk` before others: one identifies the language, each language has its own order of readers.

    A desk that failed rests for a while, so that a lost server does not cost every utterance its timeout; it is asked
    after all others then, so that nothing is given up before everybody tried.
    """

    def __init__(
        self,
        *,
        identifier: ReadingDesk,
        orders: Mapping[LanguageTag, Sequence[ReadingDesk]],
        clock: Clock,
        rest_ms: int,
    ) -> None:
        """``orders`` names the readers of a language, best first; any other is read by ``identifier``."""
        self._identifier = identifier
        self._orders = orders
        self._clock = clock
        self._rest_ms = rest_ms
        self._resting_until_ms: dict[int, int] = {}  # by id: two machines may bear one name

    @property
    def engine(self) -> str:
        return self._identifier.engine

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return tuple(dict.fromkeys([*self._identifier.languages, *self._orders]))

    @property
    def identifies_language(self) -> bool:
        return self._identifier.identifies_language

    @property
    def strain(self) -> float:
        """Of the busiest desk."""
        desks = [desk for order in self._orders.values() for desk in order]
        return max(desk.strain for desk in [self._identifier, *desks])

    async def odds(self, waveform: Waveform) -> Odds:
        return await self._identifier.odds(waveform)

    async def sketch(self, ask: SketchAsk) -> str | None:
        if ask.language is None:
            return await self._identifier.sketch(ask)
        for desk in self._order(ask.language):
            try:
                return await desk.sketch(ask)
            except EngineError as lost:
                self._let_rest(desk, lost)
        return None

    async def read(self, ask: ReadAsk) -> Reading:
        """Raises EngineError when none can read; that nobody reads one language concerns this utterance alone."""
        try:
            odds = await self._identifier.odds(ask.waveform[:_LANGUAGE_WINDOW_SAMPLES])
        except TimeoutError:
            return await self._read_unlooked(ask)
        return await self._read_as(*ask.choose(odds), ask, odds)

    async def _read_unlooked(self, ask: ReadAsk) -> Reading:
        """There was no look: what the leg is known to speak holds, else who identifies may as well read."""
        known = self._identifier.languages
        language, is_sure = ask.choose(dict.fromkeys(known, 1 / len(known)))
        if not is_sure:
            return await self._identifier.read(ask)
        return await self._read_as(language, is_sure, ask, {language: 1.0})

    async def _read_as(
        self, language: LanguageTag, is_sure: bool, ask: ReadAsk, odds: Odds
    ) -> Reading:
        if language not in self._orders:
            return await self._identifier.read(ask)
        settled = replace(ask, choose=Chosen(language, is_sure))
        *others, last = self._order(language)
        for desk in others:
            try:
                return replace(await desk.read(settled), odds=odds)
            except EngineError as lost:
                self._let_rest(desk, lost)
        try:
            return replace(await last.read(settled), odds=odds)
        except EngineError as lost:
            if lost.code != NO_MACHINE:
                raise
            raise _unreadable(language, lost) from lost

    def _order(self, language: LanguageTag) -> list[ReadingDesk]:
        """The readers of a language, best first; those that rest come last."""
        now_ms = self._clock.monotonic_ms()
        return sorted(
            self._orders.get(language, [self._identifier]),
            key=lambda desk: self._resting_until_ms.get(id(desk), 0) > now_ms,
        )

    def _let_rest(self, desk: ReadingDesk, lost: EngineError) -> None:
        self._resting_until_ms[id(desk)] = self._clock.monotonic_ms() + self._rest_ms
        log.warning(
            "an engine rests after a failure; the next one reads",
            extra={"engine": desk.engine, "code": lost.code, "cause": lost.message},
        )


def _unreadable(language: LanguageTag, lost: EngineError) -> EngineError:
    return EngineError(
        UNREADABLE, f"nobody can read {language} now; {lost.message}", retryable=True
    )
