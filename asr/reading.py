"""Describe a machine that reads one whole utterance at a time, and what it makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from asr.language_id import Odds
from asr.tape import Waveform
from domain.language import LanguageTag


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The words of an utterance. ``text`` is empty when nothing believable was said."""

    text: str
    language: LanguageTag
    is_sure_of_language: bool
    odds: Odds
    confidence: float | None = None


Choose = Callable[[Odds], tuple[LanguageTag, bool]]


class UtteranceReader(Protocol):
    """A shared, immutable machine; its methods block and run on a worker thread. Waveforms are at 16 kHz.

    Raises EngineError when the machine is lost.
    """

    @property
    def engine(self) -> str: ...

    @property
    def languages(self) -> tuple[LanguageTag, ...]: ...

    def odds(self, waveform: Waveform) -> Odds:
        """How likely each language is; the probabilities sum to one."""
        ...

    def sketch(self, waveform: Waveform, speech_ms: int, language: LanguageTag | None) -> str:
        """A quick reading of an unfinished utterance; empty when it is not worth showing.

        Without a language it finds one itself, and shows nothing while it is in doubt.
        """
        ...

    def read(self, waveform: Waveform, speech_ms: int, choose: Choose) -> Reading:
        """The careful reading. ``choose`` names the language once the odds of this utterance are known."""
        ...
