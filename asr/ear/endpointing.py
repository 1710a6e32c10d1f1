"""Find where utterances begin and end, counting samples and never looking at a clock."""

from dataclasses import dataclass

from asr.ear.endings import Ending
from asr.ear.patience import Pace, SaidSoFar, wait_ms
from asr.ear.windows import Pause, Window, Windows
from asr.settings import EndpointingSettings
from domain.audio import ms_from_samples, samples_from_ms
from domain.language import LanguageTag

_TAIL_MS = 1_500  # a phrase is cut off only when so much followed: a lonely last word is read badly
_HEAD_MS = 3_000  # and a phrase is never shorter
_LONG_ENOUGH = 2 / 3  # of the longest utterance: from there on ever shorter pauses end it
_BREATH_MS = 160  # the shortest of them
_HINT_REACH_MS = 160  # last words are known if no more speech than this followed their reading
_GAVE_UP_MS = 160  # a click followed by so much quiet is no word


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Speech began: ``onset_sample`` is its first sample, ``audio_from`` lies earlier by the pre-roll."""

    onset_sample: int
    audio_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One phrase: ``end_sample`` is one past its last speech, ``audio_to`` lies later by the post-roll.

    ``start_sample`` is its first speech; ``speech_samples`` counts only what the detector took for speech.
    """

    start_sample: int
    end_sample: int
    audio_to: int
    speech_samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Somebody stopped for a moment; if it turns out to be the end, `Closed` will carry this very stretch."""

    stretch: Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """A long utterance goes on after a pause; what came before it can be read for good.

    The sound of the next phrase begins at ``audio_from``.
    """

    stretch: Stretch
    audio_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Speech ended. ``stretch`` is the last phrase; ``speech_samples`` counts the whole utterance."""

    stretch: Stretch
    speech_samples: int


Turn = Opened | Paused | Divided | Closed


class Endpointer:
    """Turn a detector's probabilities into utterances. Holds the state of one leg.

    ``language`` may be told whenever it is known.
    """

    def __init__(self, *, settings: EndpointingSettings, rate_hz: int) -> None:
        self._settings = settings
        self._rate_hz = rate_hz
        self._pace = Pace()
        self._position = 0
        self._free_from = 0
        self._last_end: int | None = None
        self._windows = Windows()  # of the candidate or the phrase
        self._in_speech = self._open = self._is_paused = False
        self._onset = self._before_samples = 0
        self._ending, self._ending_until = Ending.UNTOLD, 0
        self.language: LanguageTag | None = None

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def speech_samples(self) -> int:
        """Speech in the open phrase so far."""
        return self._windows.speech_samples

    @property
    def needed_from(self) -> int:
        """Sound before this sample will never be asked for again."""
        first = self._windows.start if self._windows else self._position
        return max(self._free_from, first - self._samples(self._settings.pre_roll_ms))

    def hint(self, ending: Ending, until_sample: int) -> None:
        """Say how the words up to a sample end."""
        self._ending, self._ending_until = ending, until_sample

    def jump(self, sample: int) -> list[Turn]:
        """Go on at a later sample; whatever was open ends before the hole."""
        turns = self.flush()
        self._position = self._free_from = sample
        self._last_end = None
        return turns

    def hear(self, probability: float, samples: int) -> list[Turn]:
        """Take one window's speech probability."""
        end = self._position + samples
        window = Window(start=self._position, end=end, probability=probability)
        self._position = end
        self._follow(window)
        if not self._open:
            return self._try_open()
        quiet = end - self._windows.speech_end
        if self._is_over(quiet):
            return [self._close()]
        return self._pause(quiet) or self._divide()

    def flush(self) -> list[Turn]:
        """The sound ended here: end what is open, forget what never became speech."""
        if self._open:
            return [self._close()]
        self._forget()
        return []

    def _follow(self, window: Window) -> None:
        threshold = self._settings.silence_at if self._in_speech else self._settings.speech_at
        self._in_speech = window.probability >= threshold
        if not self._in_speech and not self._windows:
            return
        pause = self._windows.add(window, is_speech=self._in_speech)
        if self._in_speech:
            self._is_paused = False
        if pause is not None and self._open:
            self._pace.note(ms_from_samples(pause.samples, self._rate_hz))

    def _try_open(self) -> list[Turn]:
        windows = self._windows
        if windows.speech_samples >= self._samples(self._settings.min_speech_ms):
            self._open = True
            self._onset = windows.start
            self._note_gap()
            return [Opened(onset_sample=self._onset, audio_from=self._audio_from(self._onset))]
        if windows and self._position - windows.speech_end > self._samples(_GAVE_UP_MS):
            self._forget()
        return []

    def _note_gap(self) -> None:
        """A speaker who goes on soon after an end was cut off: that was a pause of theirs."""
        if self._last_end is not None:
            self._pace.note(ms_from_samples(self._onset - self._last_end, self._rate_hz))

    def _audio_from(self, onset: int) -> int:
        return max(self._free_from, onset - self._samples(self._settings.pre_roll_ms))

    def _is_over(self, quiet: int) -> bool:
        if quiet < self._samples(_BREATH_MS):
            return False
        return quiet >= self._samples(min(self._wait_ms(), self._patience_left_ms()))

    def _patience_left_ms(self) -> int:
        """Who talks on and on is cut at a breath, while it lasts: a cut found afterwards makes old words late."""
        settings = self._settings
        long_ms = ms_from_samples(self._position - self._onset, self._rate_hz)
        spent_ms = long_ms - settings.max_utterance_ms * _LONG_ENOUGH
        if spent_ms < 0:
            return settings.end_silence_max_ms
        share = spent_ms / (settings.max_utterance_ms * (1 - _LONG_ENOUGH))
        return round(settings.phrase_pause_ms - share * (settings.phrase_pause_ms - _BREATH_MS))

    def _wait_ms(self) -> int:
        reach = self._ending_until + self._samples(_HINT_REACH_MS)
        ending = self._ending if self._windows.speech_end <= reach else Ending.UNTOLD
        speech = self._before_samples + self._windows.speech_samples
        said = SaidSoFar(
            speech_ms=ms_from_samples(speech, self._rate_hz),
            language=self.language,
            ending=ending,
        )
        return wait_ms(said, self._pace, self._settings)

    def _stretch(self) -> Stretch:
        end = self._windows.speech_end
        return Stretch(
            start_sample=self._windows.speech_start,
            end_sample=end,
            audio_to=min(self._position, end + self._samples(self._settings.post_roll_ms)),
            speech_samples=self._windows.speech_samples,
        )

    def _pause(self, quiet: int) -> list[Turn]:
        if self._is_paused or quiet < max(1, self._samples(self._settings.post_roll_ms)):
            return []
        self._is_paused = True
        return [Paused(stretch=self._stretch())]

    def _close(self) -> Closed:
        stretch = self._stretch()
        closed = Closed(
            stretch=stretch, speech_samples=self._before_samples + stretch.speech_samples
        )
        self._free_from = stretch.audio_to
        self._last_end = stretch.end_sample
        self._forget()
        return closed

    def _divide(self) -> list[Turn]:
        """Cut a long utterance where it can be cut: a phrase at a pause, the whole at its quietest place at the limit."""
        if self._position - self._onset >= self._samples(self._settings.max_utterance_ms):
            return self._part(self._windows.quietest(), ends=True)
        is_long = self._position - self._windows.start >= self._samples(self._settings.phrase_ms)
        if (
            not is_long or not self._in_speech
        ):  # in a pause the end may be near: then nothing is gained
            return []
        pause = self._good_pause()
        if pause is None:
            return []
        return self._part(self._inside(pause), ends=False)

    def _good_pause(self) -> Pause | None:
        """The longest with enough speech on both sides."""
        first = self._windows.start + self._samples(_HEAD_MS)
        last = self._position - self._samples(_TAIL_MS)
        enough = self._samples(self._settings.phrase_pause_ms)
        good = [
            p
            for p in self._windows.pauses
            if p.start >= first and p.end <= last and p.samples >= enough
        ]
        return max(good, key=lambda p: p.samples, default=None)

    def _inside(self, pause: Pause) -> int:
        return pause.start + min(self._samples(self._settings.post_roll_ms), pause.samples // 2)

    def _part(self, at: int, *, ends: bool) -> list[Turn]:
        """End the phrase at this sample, and the utterance too if it ``ends``; what came after goes on."""
        before, after = self._windows.parted(at)
        stretch = Stretch(
            start_sample=before.speech_start,
            end_sample=before.speech_end,
            audio_to=at,
            speech_samples=before.speech_samples,
        )
        said = self._before_samples + before.speech_samples
        self._free_from = at
        if ends:
            self._forget()
            self._windows = after
            self._in_speech = after.ends_in_speech
            return [Closed(stretch=stretch, speech_samples=said), *self._try_open()]
        self._windows = after
        self._before_samples = said
        return [Divided(stretch=stretch, audio_from=self._audio_from(after.start))]

    def _forget(self) -> None:
        self._windows = Windows()
        self._in_speech = self._open = self._is_paused = False
        self._onset = self._before_samples = 0
        self._ending, self._ending_until = Ending.UNTOLD, 0

    def _samples(self, ms: int) -> int:
        return samples_from_ms(ms, self._rate_hz)
