"""Describe a machine that hears sound as it comes, and make it read utterances like any other."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from threading import Lock
from typing import Protocol

from asr.belief.guards import Claim, disbelief
from asr.belief.phantoms import Phantoms
from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.settings import GuardSettings
from domain.language import LanguageTag

_MOST_OPEN = 256  # utterances; one that never ends is forgotten when so many others came after it
_UNTOLD = 0.7  # taken for the confidence of machines that tell none


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """All that a stream made of one utterance; ``confidence`` in 0..1 where the machine tells it."""

    text: str
    confidence: float | None = None


class UtteranceStream(Protocol):
    """One utterance on its way into a machine."""

    def feed(self, waveform: Waveform) -> str:
        """Take the next sound; return the words so far."""
        ...

    def finish(self) -> Heard:
        """No more sound: return all words, and free the stream."""
        ...

    def close(self) -> None:
        """Free the stream without a result. Twice is fine."""
        ...


class StreamingMachine(Protocol):
    """Opens streams; shared by all legs. Raises EngineError when it is lost."""

    @property
    def engine(self) -> str: ...

    @property
    def languages(self) -> tuple[LanguageTag, ...]: ...

    def open(self, language: LanguageTag, hotwords: tuple[str, ...]) -> UtteranceStream: ...


@dataclass(slots=True, kw_only=True)
class _Open:
    stream: UtteranceStream
    fed_samples: int = 0
    text: str = ""
    turn: Lock = field(default_factory=Lock)


class StreamingReader:
    """An `UtteranceReader` over a streaming machine: successive asks of an utterance feed only what is new.

    It does not identify languages: where there are several, the ask must bring one.
    """

    identifies_language = False

    def __init__(
        self, machine: StreamingMachine, *, guards: GuardSettings, phantoms: Phantoms
    ) -> None:
        self._machine = machine
        self._guards = guards
        self._phantoms = phantoms
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._lock = Lock()

    @property
    def engine(self) -> str:
        return self._machine.engine

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return self._machine.languages

    @property
    def open_utterances(self) -> int:
        return len(self._open)

    def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        """Every language alike: this machine has no opinion."""
        return [self._no_opinion() for _ in waveforms]

    def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        return [self._sketch(ask) for ask in asks]

    def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        return [self._read(ask) for ask in asks]

    def _sketch(self, ask: SketchAsk) -> str:
        language = ask.language or self.languages[0]
        if ask.language is None and len(self.languages) > 1:
            return ""
        opened = self._opened(ask.utterance, language, ask.hotwords)
        with opened.turn:
            return self._fed(opened, ask.waveform)

    def _read(self, ask: ReadAsk) -> Reading:
        odds = self._no_opinion()
        language, is_sure = ask.choose(odds)
        opened = self._opened(ask.utterance, language, ask.hotwords)
        self._forget(ask.utterance)
        with opened.turn:
            opened = self._whole(opened, ask, language)
            self._fed(opened, ask.waveform)
            heard = opened.stream.finish()
        claim = Claim(
            text=heard.text,
            speech_ms=ask.speech_ms,
            log_probability=log(max(heard.confidence or _UNTOLD, 1e-3)),
            no_speech_probability=0.0,
        )
        fault = disbelief(claim, self._guards, self._phantoms)
        return Reading(
            text="" if fault else heard.text,
            language=language,
            is_sure_of_language=is_sure,
            odds=odds,
            engine=self.engine,
            confidence=None if fault else heard.confidence,
            fault=fault,
        )

    def _fed(self, opened: _Open, waveform: Waveform) -> str:
        fresh = waveform[opened.fed_samples :]
        if len(fresh):
            opened.text = opened.stream.feed(fresh)
            opened.fed_samples += len(fresh)
        return opened.text

    def _whole(self, opened: _Open, ask: ReadAsk, language: LanguageTag) -> _Open:
        """The utterance was cut before the end of what the stream has heard: begin again with what is left."""
        if opened.fed_samples <= len(ask.waveform):
            return opened
        opened.stream.close()
        return _Open(stream=self._machine.open(language, ask.hotwords), turn=opened.turn)

    def _opened(self, utterance: str, language: LanguageTag, hotwords: tuple[str, ...]) -> _Open:
        with self._lock:
            if utterance not in self._open:
                self._open[utterance] = _Open(stream=self._machine.open(language, hotwords))
                self._forget_oldest()
            return self._open[utterance]

    def _forget_oldest(self) -> None:
        while len(self._open) > _MOST_OPEN:
            _, oldest = self._open.popitem(last=False)
            oldest.stream.close()

    def _forget(self, utterance: str) -> None:
        with self._lock:
            self._open.pop(utterance, None)

    def _no_opinion(self) -> Odds:
        return dict.fromkeys(self.languages, 1 / len(self.languages))
