"""Find where utterances begin and end, counting samples and never looking at a clock."""

from dataclasses import dataclass
from itertools import groupby

from asr.settings import EndpointingSettings
from domain.audio import samples_from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Speech began: ``onset_sample`` is its first sample, ``audio_from`` lies earlier by the pre-roll."""

    onset_sample: int
    audio_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Speech ended: ``end_sample`` is one past its last sample, ``audio_to`` lies later by the post-roll.

    ``speech_samples`` counts only what the detector took for speech.
    """

    end_sample: int
    audio_to: int
    speech_samples: int


Turn = Opened | Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    start: int
    end: int
    probability: float


class Endpointer:
    """Turn a detector's probabilities into utterances. Holds the state of one leg."""

    def __init__(self, *, settings: EndpointingSettings, rate_hz: int) -> None:
        self._settings = settings
        self._rate_hz = rate_hz
        self._position = 0
        self._free_from = 0
        self._windows: list[_Window] = []  # of the candidate or the open utterance
        self._speech_samples = 0
        self._speech_end = 0
        self._in_speech = False
        self._open = False

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def speech_samples(self) -> int:
        """Speech in the open utterance so far."""
        return self._speech_samples

    @property
    def needed_from(self) -> int:
        """Sound before this sample will never be asked for again."""
        first = self._windows[0].start if self._windows else self._position
        return max(self._free_from, first - self._samples(self._settings.pre_roll_ms))

    def jump(self, sample: int) -> list[Turn]:
        """Go on at a later sample; whatever was open ends before the hole."""
        turns = self.flush()
        self._position = self._free_from = sample
        return turns

    def hear(self, probability: float, samples: int) -> list[Turn]:
        """Take one window's speech probability."""
        window = _Window(
            start=self._position, end=self._position + samples, probability=probability
        )
        self._position = window.end
        self._follow(window)
        if not self._open:
            return self._try_open()
        if window.end - self._speech_end >= self._samples(self._settings.end_silence_ms):
            return [self._close()]
        if window.end - self._windows[0].start >= self._samples(self._settings.max_utterance_ms):
            return self._cut()
        return []

    def flush(self) -> list[Turn]:
        """The sound ended here: end what is open, forget what never became speech."""
        if self._open:
            return [self._close()]
        self._forget()
        return []

    def _follow(self, window: _Window) -> None:
        threshold = self._settings.silence_at if self._in_speech else self._settings.speech_at
        self._in_speech = window.probability >= threshold
        if self._in_speech:
            self._speech_samples += window.end - window.start
            self._speech_end = window.end
        if self._in_speech or self._windows:
            self._windows.append(window)

    def _try_open(self) -> list[Turn]:
        if self._speech_samples >= self._samples(self._settings.min_speech_ms):
            self._open = True
            onset = self._windows[0].start
            return [Opened(onset_sample=onset, audio_from=self._audio_from(onset))]
        gave_up = self._samples(self._settings.min_speech_ms)
        if self._windows and self._position - self._speech_end > gave_up:
            self._forget()  # a click, not a word
        return []

    def _audio_from(self, onset: int) -> int:
        return max(self._free_from, onset - self._samples(self._settings.pre_roll_ms))

    def _close(self) -> Closed:
        audio_to = min(
            self._position, self._speech_end + self._samples(self._settings.post_roll_ms)
        )
        closed = Closed(
            end_sample=self._speech_end, audio_to=audio_to, speech_samples=self._speech_samples
        )
        self._free_from = audio_to
        self._forget()
        return closed

    def _cut(self) -> list[Turn]:
        """Too long to wait for a silence: end at the best pause of the second half and go straight on."""
        at = self._best_pause()
        before = [w for w in self._windows if w.end <= at]
        after = [w for w in self._windows if w.start >= at]
        end = max((w.end for w in before if self._is_speech(w)), default=at)
        closed = Closed(
            end_sample=end,
            audio_to=at,
            speech_samples=sum(_length(w) for w in before if self._is_speech(w)),
        )
        self._free_from = at
        return [closed, *self._reopen(after, at)]

    def _reopen(self, windows: list[_Window], at: int) -> list[Turn]:
        while windows and not self._is_speech(windows[0]):
            windows = windows[1:]
        speech_end = self._speech_end
        self._forget()
        if not windows:
            return []
        self._windows = windows
        self._speech_samples = sum(_length(w) for w in windows if self._is_speech(w))
        self._speech_end = speech_end
        self._in_speech = self._is_speech(windows[-1])
        return self._try_open()

    def _best_pause(self) -> int:
        """The middle of the longest quiet stretch, or the quietest window where nobody paused."""
        half = self._windows[len(self._windows) // 2 :]
        runs = [
            list(run) for quiet, run in groupby(half, key=lambda w: not self._is_speech(w)) if quiet
        ]
        if not runs:
            return min(half, key=lambda w: w.probability).start
        longest = max(runs, key=len)
        return longest[len(longest) // 2].start

    def _is_speech(self, window: _Window) -> bool:
        return window.probability >= self._settings.silence_at

    def _forget(self) -> None:
        self._windows = []
        self._speech_samples = 0
        self._in_speech = self._open = False

    def _samples(self, ms: int) -> int:
        return samples_from_ms(ms, self._rate_hz)


def _length(window: _Window) -> int:
    return window.end - window.start
