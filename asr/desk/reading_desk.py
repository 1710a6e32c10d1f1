"""Describe where a leg asks for readings."""

from typing import Protocol

from asr.desk.reading import Described, ReadAsk, Reading, SketchAsk
from asr.ear.tape import Waveform
from asr.language.identification import Odds

UNREADABLE = "asr.unreadable"  # the code of an EngineError about one utterance; the machine is well


class ReadingDesk(Described, Protocol):
    """What a leg asks for readings. Raises EngineError when no machine can answer."""

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
