"""Keep the detector's windows of one phrase, and where it paused."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A short stretch of sound and how likely it is speech."""

    start: int
    end: int
    probability: float

    @property
    def samples(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Quiet between two windows of speech."""

    start: int
    end: int

    @property
    def samples(self) -> int:
        return self.end - self.start


class Windows:
    """The windows of a phrase from its first speech on; empty is false."""

    def __init__(self) -> None:
        self._kept: list[tuple[Window, bool]] = []
        self.pauses: list[Pause] = []
        self.speech_samples = 0
        self.speech_start = 0
        self.speech_end = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def start(self) -> int:
        """Its first sample. There must be a window."""
        return self._kept[0][0].start

    @property
    def ends_in_speech(self) -> bool:
        return bool(self._kept) and self._kept[-1][1]

    def add(self, window: Window, *, is_speech: bool) -> Pause | None:
        """Take the next window; the pause that it ends, if any."""
        self._kept.append((window, is_speech))
        if not is_speech:
            return None
        pause = self._pause_before(window)
        if pause is not None:
            self.pauses.append(pause)
        if not self.speech_samples:
            self.speech_start = window.start
        self.speech_samples += window.samples
        self.speech_end = window.end
        return pause

    def quietest(self) -> int:
        """Where to cut in the second half: in its longest pause, or at its quietest window where nobody paused."""
        half = [window for window, _ in self._kept[len(self._kept) // 2 :]]
        pauses = [pause for pause in self.pauses if pause.start >= half[0].start]
        if pauses:
            longest = max(pauses, key=lambda pause: pause.samples)
            return next(w.start for w in half if w.start >= (longest.start + longest.end) // 2)
        return min(half, key=lambda window: window.probability).start

    def parted(self, at: int) -> tuple["Windows", "Windows"]:
        """Those before a sample, and those from it on without the quiet they begin with."""
        before = self._of(pair for pair in self._kept if pair[0].start < at)
        after = [pair for pair in self._kept if pair[0].start >= at]
        first = next((n for n, (_, is_speech) in enumerate(after) if is_speech), len(after))
        return before, self._of(after[first:])

    def _of(self, pairs: Iterable[tuple[Window, bool]]) -> "Windows":
        new = Windows()
        for window, is_speech in pairs:
            new.add(window, is_speech=is_speech)
        return new

    def _pause_before(self, window: Window) -> Pause | None:
        if not self.speech_samples or window.start <= self.speech_end:
            return None
        return Pause(start=self.speech_end, end=window.start)
