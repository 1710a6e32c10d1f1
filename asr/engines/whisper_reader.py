"""Read utterances with Whisper: quickly for partials, carefully for finals, and not at all when in doubt."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import exp
from pathlib import Path

import zhconv

from asr.belief.guards import Fault, disbelief, misshapen, second_look, without_loop, worth_showing
from asr.belief.phantoms import Phantoms
from asr.desk.reading import Choose, ReadAsk, Reading, SketchAsk
from asr.ear.tape import Waveform
from asr.engines.whisper_decoder import WhisperDecoder
from asr.engines.whisper_drafts import Draft, Drafter, Order
from asr.engines.whisper_effort import Effort, efforts
from asr.engines.whisper_languages import WhisperLanguages
from asr.language.identification import Odds, best
from asr.language.witness import TextWitness
from asr.settings import AsrSettings
from asr.text.writing import languages_written
from domain.language import ZH, LanguageTag

log = logging.getLogger(__name__)

Write = Callable[[str, LanguageTag], str]
Identify = Callable[[Sequence[Waveform]], list[Odds]]

_LANGUAGE_CONTEXT_S = 4.0  # 98 % of 150 human windows right at 1/17 of the cost of thirty seconds
_SKETCH_LANGUAGE_AT = 0.6
_STANDS_OUT = 0.7


def in_simplified_characters(text: str, language: LanguageTag) -> str:
    """Mandarin is shown in simplified characters, whichever the network chose."""
    return str(zhconv.convert(text, "zh-cn")) if language == ZH else text


class WhisperReader:
    """An `UtteranceReader`. Shared by all legs; immutable once loaded.

    ``write`` brings a believed text into the form that people read; ``identify`` finds the language of a window
    with more care than a glance.
    """

    def __init__(
        self,
        *,
        engine: str,
        decoder: WhisperDecoder,
        settings: AsrSettings,
        phantoms: Phantoms,
        write: Write = in_simplified_characters,
        identify: Identify | None = None,
    ) -> None:
        self._engine = engine
        self._decoder = decoder
        self._settings = settings
        self._phantoms = phantoms
        self._write = write
        self._identify = identify
        self._drafter = Drafter(decoder, settings)
        self._efforts = efforts(settings.whisper)

    @classmethod
    def load(
        cls,
        *,
        engine: str,
        weights: Path,
        workers: int,
        settings: AsrSettings,
        phantoms: Phantoms,
        write: Write = in_simplified_characters,
    ) -> "WhisperReader":
        """Raises EngineError when the weights cannot be loaded; it names a file that is missing."""
        decoder = WhisperDecoder(
            weights,
            device=settings.whisper.device,
            compute_type=settings.whisper.compute_type,
            threads=settings.whisper.cpu_threads,
            workers=workers,
        )
        witness = TextWitness(settings.language.allowed)
        return cls(
            engine=engine,
            decoder=decoder,
            settings=settings,
            phantoms=phantoms,
            write=write,
            identify=WhisperLanguages(decoder, settings.language, witness).odds,
        )

    @property
    def engine(self) -> str:
        return self._engine

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return self._decoder.known_languages

    @property
    def identifies_language(self) -> bool:
        return len(self.languages) > 1

    def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        if self._identify is None or len(self._settings.language.allowed) == 1:
            return self._drafter.odds(waveforms, _LANGUAGE_CONTEXT_S)
        return self._identify(waveforms)

    def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        drafts = self._drafter.write_down([_glimpse(ask) for ask in asks], self._efforts.sketch)
        return [self._sketched(draft) for draft in drafts]

    def read(self, asks: Sequence[ReadAsk]) -> list[Reading]:
        """Read quickly, then once more whatever looks wrong, with more and more care."""
        orders = [_order(ask) for ask in asks]
        drafts = self._drafter.write_down(orders, self._efforts.first)
        self._mend(orders, drafts)
        self._heed_letters(orders, drafts)
        return [self._reading(draft) for draft in drafts]

    def _mend(self, orders: Sequence[Order], drafts: list[Draft]) -> None:
        self._retry(orders, drafts, self._efforts.second, self._looks_wrong)
        self._retry(orders, drafts, self._efforts.last, self._is_misshapen)

    def _retry(
        self,
        orders: Sequence[Order],
        drafts: list[Draft],
        effort: Effort,
        is_wrong: Callable[[Draft], bool],
    ) -> None:
        """Read again what looks wrong, and keep the better of the two readings."""
        wrong = [place for place, draft in enumerate(drafts) if is_wrong(draft)]
        again = [_again(orders[place], drafts[place]) for place in wrong]
        for place, second in zip(wrong, self._drafter.write_down(again, effort), strict=True):
            drafts[place] = min((drafts[place], second), key=self._badness)

    def _heed_letters(self, orders: Sequence[Order], drafts: list[Draft]) -> None:
        """Read again what came in letters of another language, e.g. an English phrase of somebody who spoke Mandarin."""
        others = {
            place: other
            for place, draft in enumerate(drafts)
            if (other := _by_letters(draft)) is not None
        }
        again = [_again(orders[place], other) for place, other in others.items()]
        read = self._drafter.write_down(again, self._efforts.first)
        self._mend(again, read)
        for place, draft in zip(others, read, strict=True):
            drafts[place] = draft

    def _looks_wrong(self, draft: Draft) -> bool:
        return second_look(draft.claim, self._settings.guards) is not None

    def _is_misshapen(self, draft: Draft) -> bool:
        return misshapen(draft.claim, self._settings.guards) is not None

    def _badness(self, draft: Draft) -> tuple[bool, bool, float]:
        claim = draft.claim
        return (
            self._is_misshapen(draft),
            claim.is_cut_off or not claim.text,
            -claim.log_probability,
        )

    def _disbelief(self, draft: Draft) -> Fault | None:
        return disbelief(draft.claim, self._settings.guards, self._phantoms)

    def _sketched(self, draft: Draft) -> str:
        claim = replace(draft.claim, text=without_loop(draft.claim.text))
        if not worth_showing(claim, self._settings.guards, self._phantoms):
            return ""
        return self._write(claim.text, draft.language)

    def _reading(self, draft: Draft) -> Reading:
        fault, claim = self._disbelief(draft), draft.claim
        if fault is not None:
            log.info("reading dropped", extra={"fault": fault, "pii.text": claim.text})
        return Reading(
            text="" if fault else self._write(claim.text, draft.language),
            language=draft.language,
            is_sure_of_language=draft.is_sure,
            odds=draft.odds,
            engine=self._engine,
            confidence=None if fault else min(1.0, exp(claim.log_probability)),
            fault=fault,
        )


def _order(ask: ReadAsk) -> Order:
    return Order(
        waveform=ask.waveform, speech_ms=ask.speech_ms, choose=ask.choose, hotwords=ask.hotwords
    )


def _glimpse(ask: SketchAsk) -> Order:
    language = ask.language
    return Order(
        waveform=ask.waveform,
        speech_ms=ask.speech_ms,
        choose=_clearest if language is None else _always(language),
        odds=None if language is None else {language: 1.0},
        hotwords=ask.hotwords,
        only_if_sure=True,
    )


def _again(order: Order, draft: Draft) -> Order:
    return replace(order, choose=_always(draft.language, is_sure=draft.is_sure), odds=draft.odds)


def _always(language: LanguageTag, *, is_sure: bool = True) -> Choose:
    return lambda _: (language, is_sure)


def _clearest(odds: Odds) -> tuple[LanguageTag, bool]:
    language, probability = best(odds)
    return language, probability >= _SKETCH_LANGUAGE_AT


def _by_letters(draft: Draft) -> Draft | None:
    """The draft with the likeliest language that its letters allow; None when they allow the one it was read as."""
    written = languages_written(draft.claim.text)
    odds = {tag: draft.odds[tag] for tag in written if tag in draft.odds}
    if not odds or draft.language in written:
        return None
    language, probability = best(odds)
    return replace(
        draft, language=language, is_sure=probability >= _STANDS_OUT * sum(odds.values())
    )
