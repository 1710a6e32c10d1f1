"""Describe a machine that reads one whole utterance at a time, and what it makes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from asr.ear.tape import Waveform
from asr.language.identification import Odds
from domain.language import LanguageTag

Choose = Callable[[Odds], tuple[LanguageTag, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchAsk:
    """Please read what there is of an unfinished utterance, quickly.

    ``utterance`` names it: later asks of the same one carry a longer waveform with the same beginning, so that a
    streaming machine hears only what is new. Without a language the machine finds one itself, and says nothing
    while it is in doubt. ``speech_ms`` is what the detector took for speech.
    """

    utterance: str
    waveform: Waveform
    speech_ms: int
    language: LanguageTag | None
    hotwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAsk:
    """Please read a complete utterance with care.

    ``choose`` names the language, and whether that is sure, once the odds of this utterance are known; it can be
    pickled, because the machine may live in another process.
    """

    utterance: str
    waveform: Waveform
    speech_ms: int
    choose: Choose
    hotwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The words of an utterance; when nothing believable was said ``text`` is empty and ``fault`` says why."""

    text: str
    language: LanguageTag
    is_sure_of_language: bool
    odds: Odds
    engine: str
    confidence: float | None = None
    fault: str | None = None


class Described(Protocol):
    """Says what it is."""

    @property
    def engine(self) -> str: ...

    @property
    def languages(self) -> tuple[LanguageTag, ...]: ...

    @property
    def identifies_language(self) -> bool: ...


class UtteranceReader(Described, Protocol):
    """A machine whose methods block; it runs on a worker thread or in a process of its own.

    Answers come in the order of the asks. Waveforms are at 16 kHz. Raises EngineError when the machine is lost.
    """

    def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        """How likely each language is; the probabilities of one waveform sum to one."""
        ...

    def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        """Quick readings; empty where it is not worth showing."""
        ...

    def read(self, asks: Sequence[ReadAsk]) -> list[Reading]: ...
