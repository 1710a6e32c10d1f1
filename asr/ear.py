"""Hear one leg: count its samples, mark its holes and find its utterances."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from asr.arrivals import Arrivals
from asr.endpointing import Closed, Endpointer, Opened, Turn
from asr.resampling import RATE_HZ, Resampler, at_16k
from asr.settings import AsrSettings
from asr.tape import Tape, Waveform
from asr.vad import WINDOW_SAMPLES, SpeechDetection
from domain.audio import KNOWN_RATES_HZ, SAMPLE_BYTES, AudioGap, GapCause, Sound, ms_from_samples
from domain.errors import InputError
from domain.ports import GapHeard

_NO_SOUND = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """Somebody started to speak. Samples are counted at 16 kHz since the leg began."""

    onset_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An utterance is complete; ``waveform`` has a little silence on both sides."""

    onset_sample: int
    end_sample: int
    speech_ms: int
    waveform: Waveform


EarEvent = Began | Ended | GapHeard


class Ear:
    """The state of one leg between its sound and its utterances."""

    def __init__(self, *, detection: SpeechDetection, settings: AsrSettings) -> None:
        self._detection = detection
        self._bridge_ms = settings.bridge_gap_ms
        self._endpointer = Endpointer(settings=settings.endpointing, rate_hz=RATE_HZ)
        self._rate_hz: int | None = None
        self._expected = 0  # next sample at the leg's own rate
        self._onset = self._audio_from = 0
        self.arrivals = Arrivals()
        self._begin_stretch(0)

    @property
    def speech_samples(self) -> int:
        """Speech in the open utterance so far, at 16 kHz."""
        return self._endpointer.speech_samples

    @property
    def kept_samples(self) -> int:
        """How much sound is held in memory, at 16 kHz."""
        return self._tape.end - self._tape.start

    def so_far(self) -> Waveform:
        """The sound of the open utterance up to now."""
        return self._tape.cut(self._audio_from, self._tape.end)

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
        return events + self._told(self._endpointer.flush())

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
        self._tape = Tape(at_16k(first_sample, rate_hz))
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
        turns: list[Turn] = []
        for probability, (start, end) in zip(
            self._detector.probabilities(windows), pairwise(edges), strict=True
        ):
            turns += self._endpointer.hear(probability, end - start)
        return self._told(turns)

    def _told(self, turns: list[Turn]) -> list[EarEvent]:
        return [
            self._opened(turn) if isinstance(turn, Opened) else self._closed(turn) for turn in turns
        ]

    def _opened(self, turn: Opened) -> Began:
        self._onset, self._audio_from = turn.onset_sample, turn.audio_from
        return Began(onset_sample=turn.onset_sample)

    def _closed(self, turn: Closed) -> Ended:
        return Ended(
            onset_sample=self._onset,
            end_sample=turn.end_sample,
            speech_ms=ms_from_samples(turn.speech_samples, RATE_HZ),
            waveform=self._tape.cut(self._audio_from, turn.audio_to),
        )
