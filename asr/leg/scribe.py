"""Read one leg's phrases for good, one after another, while its sound goes on."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from asr.belief.judgement import instead_of_words
from asr.desk.machine import NO_MACHINE
from asr.desk.reading import ReadAsk, Reading
from asr.desk.reading_desk import UNREADABLE, ReadingDesk
from asr.ear.ear import Phrase
from asr.ear.resampling import RATE_HZ
from asr.language.identification import LanguageOpinion
from asr.language.leg_language import LegLanguage
from asr.leg.errands import Errand, Errands, returned
from asr.leg.ledger import Ledger
from asr.leg.page import Page
from asr.leg.utterance import OpenUtterance, PhraseWords
from asr.settings import PassageSettings
from domain.audio import ms_from_samples
from domain.errors import EngineError
from domain.passage import PassageKind
from domain.ports import Heard

_OF_THIS_PHRASE = {UNREADABLE, NO_MACHINE}
_MOST_WAITING = 8  # phrases; then the leg's sound waits with whoever forks it
Outlet = asyncio.Queue[Heard | None]


@dataclass(slots=True, kw_only=True, eq=False)
class Trial:
    """A careful reading begun in a pause, in case it was the end; ``reading`` is None until it is there."""

    phrase: Phrase
    opinion: LanguageOpinion
    reading: Reading | None = None
    errand: Errand | None = None

    def is_of(self, phrase: Phrase, opinion: LanguageOpinion) -> bool:
        """Whether reading that phrase now would give the same."""
        return self.opinion is opinion and _bounds(self.phrase) == _bounds(phrase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A phrase to be read; the utterance ends with it where ``speech_end_heard_ms`` is set."""

    utterance: OpenUtterance
    number: int
    phrase: Phrase
    trial: Trial | None
    speech_end_heard_ms: int | None = None


log = logging.getLogger(__name__)


class Scribe:
    """The reader of one leg. Strictly in order, so that what is known of the language before a phrase is always the same."""

    def __init__(
        self,
        *,
        desk: ReadingDesk,
        hotwords: tuple[str, ...],
        passages: PassageSettings,
        page: Page,
        language: LegLanguage,
        errands: Errands,
        out: Outlet,
    ) -> None:
        self._desk = desk
        self._hotwords = hotwords
        self._passages = passages
        self._page = page
        self._language = language
        self._errands = errands
        self._out = out
        self._line: asyncio.Queue[Job | None] = asyncio.Queue(maxsize=_MOST_WAITING)
        self._unfinished = 0
        self.ledger = Ledger()
        self.heard_until_ms = 0

    @property
    def is_idle(self) -> bool:
        return self._unfinished == 0

    async def take(self, job: Job) -> None:
        """Put a phrase in the line; waits while it is full."""
        self._unfinished += 1
        await self._line.put(job)

    async def caught_up(self) -> None:
        """Wait until everything in the line is written."""
        await self._line.join()

    async def close(self) -> None:
        """No more phrases will come: finish, and mark what is owed."""
        await self._line.put(None)
        await self._line.join()
        await self._tell(self.ledger.close())

    async def run(self) -> None:
        """Work until closed. After a failure the rest of the line is let go."""
        while (job := await self._line.get()) is not None:
            try:
                if self._errands.failure is None:
                    await self._write(job)
            except Exception as failure:  # noqa: BLE001 — supervisor
                self._errands.fail(failure)
            finally:
                self._unfinished -= 1
                self._line.task_done()
        self._line.task_done()

    def ask(self, utterance: OpenUtterance, number: int, phrase: Phrase) -> ReadAsk:
        choose = partial(self._language.opinion.language_for, speech_ms=phrase.speech_ms)
        return ReadAsk(
            utterance=f"{utterance.segment_id}.{number}",
            waveform=phrase.waveform,
            speech_ms=phrase.speech_ms,
            choose=choose,
            hotwords=self._hotwords,
        )

    async def _write(self, job: Job) -> None:
        reading = await self._reading(job)
        words = PhraseWords(text="", speech_ms=job.phrase.speech_ms)
        if reading is None:
            self.ledger.note_unread(job.phrase, job.phrase.why_not_speech or PassageKind.UNREADABLE)
        elif (kind := self._instead_of_words(job.phrase, reading)) is not None:
            self.ledger.note_unread(job.phrase, kind)
        else:
            self.ledger.note_read(job.phrase)
            words = await self._weighed(job, reading)
        job.utterance.firm.append(words)
        await self._publish(job)
        await self._tell(self.ledger.due(self.heard_until_ms))
        if self.ledger.becomes_unheard(self.heard_until_ms, self._passages.unheard_after_ms):
            log.warning("a leg speaks and nothing of it becomes text", extra=self._page.where)

    def _instead_of_words(self, phrase: Phrase, reading: Reading) -> PassageKind | None:
        return instead_of_words(reading, amid_music=phrase.is_amid_music, settings=self._passages)

    async def _reading(self, job: Job) -> Reading | None:
        """None for what is no speech, breaks every machine, or finds none at work: one may be back for the next phrase.

        A trial of this very phrase is as good as a reading.
        """
        if job.phrase.why_not_speech is not None:
            return None
        trial = job.trial
        if trial is not None and trial.errand is not None:
            if trial.is_of(job.phrase, self._language.opinion):
                await returned(trial.errand)
                if trial.reading is not None:
                    return trial.reading
            trial.errand.cancel()
        try:
            return await self._desk.read(self.ask(job.utterance, job.number, job.phrase))
        except EngineError as failure:
            if failure.code not in _OF_THIS_PHRASE:
                raise
            why = {"code": failure.code, "cause": failure.message}
            log.error("a phrase could not be read", extra=self._page.where | why)
            return None

    async def _weighed(self, job: Job, reading: Reading) -> PhraseWords:
        at_ms = ms_from_samples(job.phrase.end_sample, RATE_HZ)
        speech_ms = job.phrase.speech_ms
        if self._desk.identifies_language:
            news = self._language.weigh(reading.odds, speech_ms, reading.text, at_ms)
            await self._tell(news)
        return PhraseWords(
            text=reading.text,
            speech_ms=speech_ms,
            language=self._language.label(reading.language, is_sure=reading.is_sure_of_language),
            confidence=reading.confidence,
            engine=reading.engine,
        )

    async def _publish(self, job: Job) -> None:
        utterance, end_sample = job.utterance, job.phrase.end_sample
        if job.speech_end_heard_ms is None:
            seen = max(end_sample, utterance.stable_until)
            shown = self._language.shown
            await self._tell(self._page.show(utterance, end_sample=seen, language=shown))
            return
        language = utterance.language if utterance.firm_text else self._language.shown
        final = self._page.finish(
            utterance,
            end_sample=end_sample,
            speech_end_heard_ms=job.speech_end_heard_ms,
            language=language,
        )
        await self._tell(final)

    async def _tell(self, news: Iterable[Heard]) -> None:
        for heard in news:
            await self._out.put(heard)


def _bounds(phrase: Phrase) -> tuple[int, int, int, int]:
    return phrase.start_sample, phrase.end_sample, phrase.speech_ms, len(phrase.waveform)
