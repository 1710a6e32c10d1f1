"""Follow one leg from sound to revisions of what was said; its sound never waits for a reading."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asr.desk.reading import SketchAsk
from asr.desk.reading_desk import ReadingDesk
from asr.ear.ear import Began, Ear, EarEvent, Ended, Parted, Phrase, Rested
from asr.ear.endings import read_endings
from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from asr.ear.vad import SpeechDetection
from asr.language.leg_language import LegLanguage
from asr.leg.errands import Errand, Errands, returned
from asr.leg.page import Page
from asr.leg.scribe import Job, Outlet, Scribe, Trial
from asr.leg.utterance import OpenUtterance
from asr.settings import AsrSettings
from domain.audio import SAMPLE_BYTES, AudioFrame, Leg, Sound, ms_from_samples
from domain.errors import EngineError
from domain.ids import CallId
from domain.ports import Clock, Heard, PassageHeard

_MOST_UNTOLD = 64  # news that wait for whoever listens
_BIT_MS = 20  # shorter than the detector's window: what is decided does not depend on the size of the frames
_LOOK_PATIENCE_S = 5.0
_STRAIN_MEMORY = 0.03  # of each bit: strain is felt over about a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What all legs share; none of it remembers a leg. ``hotwords`` are names and titles likely to be said."""

    desk: ReadingDesk
    detection: SpeechDetection
    clock: Clock
    settings: AsrSettings
    hotwords: tuple[str, ...] = ()


class Hearing:
    """The state of one leg.

    Sound that comes as it is spoken is never kept waiting. Sound that comes faster, a recording, waits for every
    reading it gives rise to, as if the machine took no time at all; so both give the same finals, as long as the
    machine keeps up with whoever speaks.
    """

    def __init__(self, equipment: Equipment, call_id: CallId, leg: Leg, errands: Errands) -> None:
        settings = equipment.settings
        self._with = equipment
        self._errands = errands
        self._ear = Ear(detection=equipment.detection, settings=settings)
        self._language = LegLanguage(settings.language)
        self._page = Page(
            call_id=call_id, leg=leg, engine=equipment.desk.engine, clock=equipment.clock
        )
        self.out: Outlet = asyncio.Queue(maxsize=_MOST_UNTOLD)
        self._scribe = Scribe(
            desk=equipment.desk,
            hotwords=equipment.hotwords,
            passages=settings.passages,
            page=self._page,
            language=self._language,
            errands=errands,
            out=self.out,
        )
        self._utterance: OpenUtterance | None = None
        self._trial: Trial | None = None
        self._strain = 0.0
        self._is_live = False

    async def run(self, sound: AsyncIterator[Sound]) -> None:
        """Put everything heard into ``out``, then None. A failure is left with the errands; sound stops being taken."""
        self._errands.send(self._scribe.run())
        try:
            await self._follow(sound)
        except Exception as failure:  # noqa: BLE001 — supervisor
            self._errands.fail(failure)
        await self._scribe.close()
        await self.out.put(None)

    async def _follow(self, sound: AsyncIterator[Sound]) -> None:
        async for piece in sound:
            for bit in _bits(piece):
                await self._hear(bit)
            if self._errands.failure is not None:
                return
        await self._take(self._ear.end())

    async def _hear(self, bit: Sound) -> None:
        if isinstance(bit, AudioFrame):
            self._is_live = 0 < bit.heard_at_ms <= self._with.clock.monotonic_ms()
        self._strain += (self._with.desk.strain - self._strain) * _STRAIN_MEMORY
        events = self._ear.hear(bit)
        self._scribe.heard_until_ms = ms_from_samples(self._ear.judged_until, RATE_HZ)
        is_late = self._is_late(bit)
        await self._take(events, may_try=not is_late)
        if self._utterance is not None and not is_late:
            await self._look(self._utterance)
            await self._sketch(self._utterance)

    async def _take(self, events: Sequence[EarEvent], *, may_try: bool = False) -> None:
        for event in events:
            match event:
                case Began():
                    heard_ms = self._ear.arrivals.heard_ms(event.onset_sample)
                    self._utterance = self._page.begin(event.onset_sample, heard_ms)
                case Rested():
                    if may_try:
                        await self._try(event.phrase)
                case Parted():
                    await self._part(event.phrase)
                case Ended():
                    await self._end(event.phrase)
                case PassageHeard():
                    self._scribe.ledger.note_passage(event)
                    await self.out.put(event)
                case _:
                    await self.out.put(event)

    async def _part(self, phrase: Phrase) -> None:
        utterance = self._utterance
        if utterance is None:
            return
        job = Job(utterance=utterance, number=utterance.parted, phrase=phrase, trial=self._trial)
        utterance.part()
        await self._hand_in(job)

    async def _end(self, phrase: Phrase) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return
        job = Job(
            utterance=utterance,
            number=utterance.parted,
            phrase=phrase,
            trial=self._trial,
            speech_end_heard_ms=self._ear.arrivals.heard_ms(phrase.end_sample - 1),
        )
        await self._hand_in(job)

    async def _hand_in(self, job: Job) -> None:
        self._trial = None
        await self._scribe.take(job)
        if not self._is_live:
            await self._scribe.caught_up()
        self._ear.told(language=self._language.opinion.decided)

    def _is_late(self, bit: Sound) -> bool:
        """Behind the wire there is no time for sketches; a frame without arrival time tells nothing."""
        if not isinstance(bit, AudioFrame) or bit.heard_at_ms <= 0:
            return False
        behind_ms = self._with.clock.monotonic_ms() - bit.heard_at_ms
        return behind_ms > self._with.settings.partials.late_ms

    async def _go(self, work: Coroutine[Any, Any, None]) -> Errand:
        """Send for something; a recording waits for it."""
        errand = self._errands.send(work)
        if not self._is_live:
            await returned(errand)
        return errand

    async def _look(self, utterance: OpenUtterance) -> None:
        """Form an early opinion in the middle of an utterance."""
        settings, speech_ms = self._with.settings.language, self._speech_ms()
        is_wanted = self._with.desk.identifies_language and self._language.wants_looks
        if not is_wanted or not utterance.is_look_due(speech_ms, settings):
            return
        utterance.looks_taken += 1
        window = self._ear.so_far()[: settings.window_ms * RATE_HZ // 1000]
        await self._go(self._see(utterance, window, speech_ms))

    async def _see(self, utterance: OpenUtterance, window: Waveform, speech_ms: int) -> None:
        opinion = self._language.opinion
        at_ms = ms_from_samples(self._ear.judged_until, RATE_HZ)
        try:
            async with asyncio.timeout(_LOOK_PATIENCE_S):
                odds = await self._with.desk.odds(window)
        except TimeoutError:
            return  # its end will tell
        if self._language.opinion is opinion and not utterance.is_written:
            await self._tell(self._language.glimpse(odds, speech_ms, at_ms))

    async def _sketch(self, utterance: OpenUtterance) -> None:
        settings, speech_ms = self._with.settings.partials, self._speech_ms()
        if not settings.enabled or not utterance.is_sketch_due(speech_ms, settings, self._strain):
            return
        if self._ear.is_surely_not_speech():
            return
        utterance.is_being_sketched = True
        ask = SketchAsk(
            utterance=f"{utterance.segment_id}.{utterance.parted}",
            waveform=self._ear.so_far(),
            speech_ms=speech_ms,
            language=None if utterance.is_strange else self._language.read_as,
            hotwords=self._with.hotwords,
        )
        await self._go(self._draw(utterance, utterance.parted, ask, self._ear.judged_until))

    async def _draw(
        self, utterance: OpenUtterance, number: int, ask: SketchAsk, until: int
    ) -> None:
        try:
            async with asyncio.timeout(self._with.settings.partials.patience_ms / 1000):
                text = await self._with.desk.sketch(ask)
        except TimeoutError:
            text = ""  # too slow to be of use: wait for more speech before asking again
        finally:
            utterance.is_being_sketched = False
        if text is None or utterance.parted != number:
            return  # busy: the next sound asks again
        utterance.sketched_at_ms = max(utterance.sketched_at_ms, ask.speech_ms)
        utterance.is_strange = not text and ask.language is not None
        if text and until > utterance.stable_until:
            utterance.stable = utterance.stable.after(text)
            await self._show(utterance, text, until)

    async def _try(self, phrase: Phrase) -> None:
        """Read what was said as if it were all, when nobody else wants the machine."""
        utterance, settings = self._utterance, self._with.settings.partials
        has_time = self._strain < settings.trial_below and self._with.desk.strain < 1
        is_free = self._trial is None or self._trial.reading is not None
        if utterance is None or phrase.why_not_speech is not None:
            return
        if not (settings.enabled and has_time and is_free and self._scribe.is_idle):
            return
        trial = self._trial = Trial(phrase=phrase, opinion=self._language.opinion)
        trial.errand = await self._go(self._read_early(utterance, utterance.parted, trial))

    async def _read_early(self, utterance: OpenUtterance, number: int, trial: Trial) -> None:
        phrase = trial.phrase
        try:
            reading = await self._with.desk.read(self._scribe.ask(utterance, number, phrase))
        except EngineError:
            return  # whoever reads it in earnest will see
        trial.reading = reading
        if utterance is not self._utterance or utterance.parted != number or not reading.text:
            return
        utterance.stable = utterance.stable.replaced(reading.text)
        utterance.sketched_at_ms = phrase.speech_ms
        await self._show(utterance, reading.text, phrase.end_sample)

    async def _show(self, utterance: OpenUtterance, text: str, until: int) -> None:
        utterance.stable_until = until
        if utterance is self._utterance:
            self._ear.hint(read_endings().of(text), until)
        shown = self._language.shown
        await self._tell(self._page.show(utterance, end_sample=until, language=shown))

    def _speech_ms(self) -> int:
        return ms_from_samples(self._ear.speech_samples, RATE_HZ)

    async def _tell(self, news: Iterable[Heard]) -> None:
        for heard in news:
            await self.out.put(heard)


def _bits(sound: Sound) -> Iterator[Sound]:
    """Cut a long frame where the leg's time is a multiple of 20 ms; holes stay whole."""
    if not isinstance(sound, AudioFrame):
        yield sound
        return
    step = sound.sample_rate_hz * _BIT_MS // 1000
    start = sound.first_sample
    while start < sound.end_sample:
        end = min((start // step + 1) * step, sound.end_sample)
        piece = slice(
            (start - sound.first_sample) * SAMPLE_BYTES, (end - sound.first_sample) * SAMPLE_BYTES
        )
        yield replace(sound, first_sample=start, pcm=sound.pcm[piece])
        start = end
