"""Have what the machines read proofread in one place."""

from collections.abc import Callable
from dataclasses import replace

from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.desk.reading_desk import ReadingDesk
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from domain.language import LanguageTag

Proofread = Callable[[str, LanguageTag | None], str]


class ProofreadDesk:
    """A `ReadingDesk` before another. ``proofread`` is called on the loop: it takes a millisecond or two."""

    def __init__(self, desk: ReadingDesk, proofread: Proofread) -> None:
        self._desk = desk
        self._proofread = proofread
        self.engine = desk.engine
        self.languages = desk.languages
        self.identifies_language = desk.identifies_language

    @property
    def strain(self) -> float:
        return self._desk.strain

    async def odds(self, waveform: Waveform) -> Odds:
        return await self._desk.odds(waveform)

    async def sketch(self, ask: SketchAsk) -> str | None:
        """A sketch comes without its language where the machine chose it."""
        text = await self._desk.sketch(ask)
        return self._proofread(text, ask.language) if text else text

    async def read(self, ask: ReadAsk) -> Reading:
        reading = await self._desk.read(ask)
        return replace(reading, text=self._proofread(reading.text, reading.language))
