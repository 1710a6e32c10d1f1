"""Describe a machine that hears sound as it comes, and make it read utterances like any other."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import log
from threading import Lock
from time import monotonic
from typing import Protocol

from asr.belief.guards import Claim, disbelief
from asr.belief.phantoms import Phantoms
from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.settings import GuardSettings
from domain.errors import EngineError
from domain.language import LanguageTag

Write = Callable[[str, LanguageTag], str]

_MOST_OPEN = 256  # utterances
_IDLE_S = 60.0  # many never end: their caller hung up, or they turned out to be music
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
        """Free the stream. Twice is fine, and after `finish`."""
        ...


class StreamingMachine(Protocol):
    """Opens streams; shared by all legs. Raises EngineError when it is lost."""

    @property
    def engine(self) -> str: ...

    @property
    def languages(self) -> tuple[LanguageTag, ...]: ...

    def open(self, language: LanguageTag, hotwords: tuple[str, ...]) -> UtteranceStream:
        """``language`` is one of `languages`."""
        ...


@dataclass(slots=True, kw_only=True)
class _Open:
    """What a stream has heard of one utterance; only whoever has its ``turn`` may touch the stream."""

    used_at_s: float = 0.0
    turn: Lock = field(default_factory=Lock)
    stream: UtteranceStream | None = None
    language: LanguageTag | None = None
    fed_samples: int = 0
    text: str = ""

    def close(self) -> None:
        stream, self.stream = self.stream, None
        self.fed_samples, self.text = 0, ""
        if stream is not None:
            stream.close()


class StreamingReader:
    """An `UtteranceReader` over a streaming machine: successive asks of an utterance feed only what is new.

    It does not identify languages: where there are several, the ask must bring one. ``write`` brings what was heard
    into the form that people read.
    """

    identifies_language = False

    def __init__(
        self,
        machine: StreamingMachine,
        *,
        guards: GuardSettings,
        phantoms: Phantoms,
        write: Write = lambda text, _: text,
        now_s: Callable[[], float] = monotonic,
    ) -> None:
        self.engine = machine.engine
        self.languages = machine.languages
        self._machine = machine
        self._guards = guards
        self._phantoms = phantoms
        self._write = write
        self._now_s = now_s
        self._open: OrderedDict[str, _Open] = OrderedDict()  # the longest unused first
        self._lock = Lock()  # of that order; held for no longer than a look into it

    def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        """Every language alike: this machine has no opinion."""
        return [self._no_opinion() for _ in waveforms]

    def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        return [self._sketch(ask) for ask in asks]

    def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        return [self._read(ask) for ask in asks]

    def _sketch(self, ask: SketchAsk) -> str:
        if ask.language is None and len(self.languages) > 1:
            return ""
        language = ask.language or self.languages[0]
        with self._turn(ask.utterance) as opened:
            self._feed(opened, ask, language)
            return self._write(opened.text, language)

    def _read(self, ask: ReadAsk) -> Reading:
        odds = self._no_opinion()
        language, is_sure = ask.choose(odds)
        with self._turn(ask.utterance) as opened:
            heard = self._feed(opened, ask, language).finish()
            opened.close()
        fault = self._fault(heard, ask.speech_ms)
        return Reading(
            text="" if fault else self._write(heard.text, language),
            language=language,
            is_sure_of_language=is_sure,
            odds=odds,
            engine=self.engine,
            confidence=None if fault else heard.confidence,
            fault=fault,
        )

    def _fault(self, heard: Heard, speech_ms: int) -> str | None:
        confidence = _UNTOLD if heard.confidence is None else heard.confidence
        claim = Claim(
            text=heard.text,
            speech_ms=speech_ms,
            log_probability=log(max(confidence, 1e-3)),
            no_speech_probability=0.0,
        )
        return disbelief(claim, self._guards, self._phantoms)

    def _feed(
        self, opened: _Open, ask: SketchAsk | ReadAsk, language: LanguageTag
    ) -> UtteranceStream:
        """Feed what is new; all of it, where the stream heard another language or more than is left."""
        if language not in self.languages:
            raise _unknown(self.engine, self.languages, language)
        stream = opened.stream
        if stream is None or opened.language != language or opened.fed_samples > len(ask.waveform):
            opened.close()
            stream = opened.stream = self._machine.open(language, ask.hotwords)
            opened.language = language
        fresh = ask.waveform[opened.fed_samples :]
        if len(fresh):
            opened.text = stream.feed(fresh)
            opened.fed_samples += len(fresh)
        return stream

    @contextmanager
    def _turn(self, utterance: str) -> Iterator[_Open]:
        """One ask of an utterance after the other. A stream that fails is closed: the next ask begins afresh."""
        for idle in self._idle():
            with idle.turn:
                idle.close()
        with self._lock:
            opened = self._open.setdefault(utterance, _Open())
            opened.used_at_s = self._now_s()
            self._open.move_to_end(utterance)
        with opened.turn:
            try:
                yield opened
            except Exception:
                opened.close()
                raise

    def _idle(self) -> list[_Open]:
        """Forget those that nobody has asked about for long, and more where there are too many."""
        until_s, idle = self._now_s() - _IDLE_S, []
        with self._lock:
            for utterance, opened in list(self._open.items()):
                if opened.used_at_s > until_s and len(self._open) < _MOST_OPEN:
                    break
                idle.append(self._open.pop(utterance))
        return idle

    def _no_opinion(self) -> Odds:
        return dict.fromkeys(self.languages, 1 / len(self.languages))


def _unknown(engine: str, known: Sequence[LanguageTag], language: LanguageTag) -> EngineError:
    return EngineError(
        "asr.language",
        f"{engine} has models for {', '.join(known)}, none for {language}; name one in the settings",
        retryable=False,
    )
