"""Hear one leg: count its samples, mark its holes, know its tones and find its utterances."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from asr.ear.arrivals import Arrivals
from asr.ear.endings import Ending
from asr.ear.endpointing import Closed, Divided, Endpointer, Opened, Paused, Stretch, Turn
from asr.ear.resampling import RATE_HZ, Resampler, at_16k
from asr.ear.tape import Tape, Waveform
from asr.ear.vad import WINDOW_SAMPLES, SpeechDetection
from asr.settings import AsrSettings
from asr.sounds import Passage, Passages
from domain.audio import KNOWN_RATES_HZ, SAMPLE_BYTES, AudioGap, GapCause, Sound, ms_from_samples
from domain.errors import InputError
from domain.language import LanguageTag
from domain.passage import PassageKind
from domain.ports import GapHeard, PassageHeard

_NO_SOUND = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A stretch of an utterance to be read as one; ``waveform`` has a little silence on both sides.

    ``start_sample`` and ``end_sample`` are its first speech and one past its last. ``why_not_speech`` names what it
    surely is instead, None where it may be speech; ``is_amid_music`` says that music sounds around it.
    """

    start_sample: int
    end_sample: int
    speech_ms: int
    waveform: Waveform
    why_not_speech: PassageKind | None = None
    is_amid_music: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """Somebody started to speak. Samples are counted at 16 kHz since the leg began."""

    onset_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rested:
    """A pause that may be the end: `Ended` will then carry this very phrase."""

    phrase: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A long utterance goes on after this phrase."""

    phrase: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An utterance is complete; ``phrase`` is its last. ``speech_ms`` counts all of it."""

    onset_sample: int
    speech_ms: int
    phrase: Phrase

    @property
    def end_sample(self) -> int:
        return self.phrase.end_sample


EarEvent = Began | Rested | Parted | Ended | GapHeard | PassageHeard


class Ear:
    """The state of one leg between its sound and its utterances."""

    def __init__(self, *, detection: SpeechDetection, settings: AsrSettings) -> None:
        self._detection = detection
        self._bridge_ms = settings.bridge_gap_ms
        self._endpointer = Endpointer(settings=settings.endpointing, rate_hz=RATE_HZ)
        self._passages = Passages(settings=settings.passages)
        self._rate_hz: int | None = None
        self._expected = 0  # next sample at the leg's own rate
        self._onset = self._audio_from = 0
        self.arrivals = Arrivals()
        self._begin_stretch(0)

    @property
    def speech_samples(self) -> int:
        """Speech in the open phrase so far, at 16 kHz."""
        return self._endpointer.speech_samples

    @property
    def judged_until(self) -> int:
        """One past the last sample the detector has judged, at 16 kHz."""
        return self._judged_until

    @property
    def kept_samples(self) -> int:
        """How much sound is held in memory, at 16 kHz."""
        return self._tape.end - self._tape.start

    def so_far(self) -> Waveform:
        """The sound of the open phrase, as far as the detector has judged it."""
        return self._tape.cut(self._audio_from, self._judged_until)

    def is_surely_not_speech(self) -> bool:
        """Whether what is open is music or a tone without any voice."""
        return self._passages.why_not_speech(self._audio_from, self._judged_until) is not None

    def told(self, *, language: LanguageTag | None) -> None:
        """Let the leg's language count where a pause is judged."""
        self._endpointer.language = language

    def hint(self, ending: Ending, until_sample: int) -> None:
        """Let the last words count that were read up to a sample."""
        self._endpointer.hint(ending, until_sample)

    def hear(self, sound: Sound) -> list[EarEvent]:
        """Take the next block or hole. Raises InputError("asr.rate")."""
        self._check_rate(sound)
        self._tape.forget_before(self._endpointer.needed_from)
        self.arrivals.forget_before(self._tape.start)
        if isinstance(sound, AudioGap):
            return self._miss(sound.first_sample + sound.samples, sound.cause)
        events = self._miss(sound.first_sample, GapCause.NETWORK)
        fresh = sound.pcm[max(self._expected - sound.first_sample, 0) * SAMPLE_BYTES :]
        self._expected = max(self._expected, sound.end_sample)
        self.arrivals.note(at_16k(self._expected, sound.sample_rate_hz), sound.heard_at_ms)
        return events + self._listen(self._resampler.feed(fresh) if fresh else _NO_SOUND)

    def end(self) -> list[EarEvent]:
        """The leg is over: give out what is still open."""
        events = self._drain()
        events += self._told(self._endpointer.flush())
        return events + self._marks(self._passages.end())

    def _check_rate(self, sound: Sound) -> None:
        if self._rate_hz is None and sound.sample_rate_hz in KNOWN_RATES_HZ:
            self._rate_hz = sound.sample_rate_hz
            self._begin_stretch(0)
        if sound.sample_rate_hz != self._rate_hz:
            wanted = self._rate_hz or f"one of {KNOWN_RATES_HZ}"
            raise InputError(
                "asr.rate",
                f"expected {wanted} Hz for the whole leg, got {sound.sample_rate_hz}; resample first",
            )

    def _miss(self, until: int, cause: GapCause) -> list[EarEvent]:
        """Note that the leg goes on at a later sample than expected. Nothing is squeezed together."""
        rate_hz, since = self._rate_hz or RATE_HZ, self._expected
        if until <= since:
            return []
        gap = GapHeard(
            start_ms=ms_from_samples(since, rate_hz),
            end_ms=ms_from_samples(until, rate_hz),
            cause=cause,
        )
        self._expected = until
        if ms_from_samples(until - since, rate_hz) <= self._bridge_ms:
            return [gap, *self._listen(self._resampler.feed(bytes((until - since) * SAMPLE_BYTES)))]
        events = self._drain()
        events += self._told(self._endpointer.jump(at_16k(until, rate_hz)))
        self._begin_stretch(until)
        return [*events, gap]

    def _begin_stretch(self, first_sample: int) -> None:
        """Start afresh: neither the filter nor the detector may remember sound from before a hole."""
        rate_hz = self._rate_hz or RATE_HZ
        self._resampler = Resampler(rate_hz)
        self._detector = self._detection.start()
        self._judged_until = at_16k(first_sample, rate_hz)
        self._tape = Tape(self._judged_until)
        self._pending = _NO_SOUND

    def _listen(self, waveform: Waveform) -> list[EarEvent]:
        self._tape.append(waveform)
        waiting = np.concatenate([self._pending, waveform])
        whole = len(waiting) - len(waiting) % WINDOW_SAMPLES
        self._pending = waiting[whole:]
        return self._judge(waiting[:whole], whole)

    def _drain(self) -> list[EarEvent]:
        """Hear what the filter still holds, and the last piece that fills no window."""
        events = self._listen(self._resampler.flush())
        rest = len(self._pending)
        padded = np.pad(self._pending, (0, -rest % WINDOW_SAMPLES))
        self._pending = _NO_SOUND
        return events + self._judge(padded, rest)

    def _judge(self, windows: Waveform, samples: int) -> list[EarEvent]:
        """Let the detector and the endpointer hear whole windows, of which this many samples are real."""
        if not len(windows):
            return []
        edges = [*range(0, samples, WINDOW_SAMPLES), samples]
        probabilities = self._detector.probabilities(windows)
        passages = self._passages.hear(windows, probabilities, self._judged_until)
        self._judged_until += samples
        turns: list[Turn] = []
        for probability, (start, end) in zip(probabilities, pairwise(edges), strict=True):
            turns += self._endpointer.hear(probability, end - start)
        return [*self._marks(passages), *self._told(turns)]

    def _told(self, turns: Iterable[Turn]) -> list[EarEvent]:
        return [self._told_of(turn) for turn in turns]

    def _told_of(self, turn: Turn) -> EarEvent:
        match turn:
            case Opened():
                self._onset, self._audio_from = turn.onset_sample, turn.audio_from
                return Began(onset_sample=turn.onset_sample)
            case Paused():
                return Rested(phrase=self._phrase(turn.stretch))
            case Divided():
                parted = Parted(phrase=self._phrase(turn.stretch))
                self._audio_from = turn.audio_from
                return parted
            case Closed():
                return Ended(
                    onset_sample=self._onset,
                    speech_ms=ms_from_samples(turn.speech_samples, RATE_HZ),
                    phrase=self._phrase(turn.stretch),
                )

    def _phrase(self, stretch: Stretch) -> Phrase:
        return Phrase(
            start_sample=stretch.start_sample,
            end_sample=stretch.end_sample,
            speech_ms=ms_from_samples(stretch.speech_samples, RATE_HZ),
            waveform=self._tape.cut(self._audio_from, stretch.audio_to),
            why_not_speech=self._passages.why_not_speech(stretch.start_sample, stretch.end_sample),
            is_amid_music=self._passages.is_amid_music(stretch.start_sample, stretch.end_sample),
        )

    def _marks(self, passages: Iterable[Passage]) -> list[EarEvent]:
        """The last window of a stretch is filled up with nothing, and a mark lies inside the sound."""
        return [
            PassageHeard(
                start_ms=ms_from_samples(passage.start_sample, RATE_HZ),
                end_ms=ms_from_samples(min(passage.end_sample, self._judged_until), RATE_HZ),
                kind=passage.kind,
            )
            for passage in passages
        ]
