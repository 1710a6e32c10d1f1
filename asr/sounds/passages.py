"""Follow one leg and mark the passages in which music, tones or keys sound and nobody speaks."""

from collections import deque
from collections.abc import Sequence

from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from asr.ear.vad import WINDOW_SAMPLES
from asr.settings import PassageSettings
from asr.sounds.blocks import (
    AROUND,
    BLOCK_FRAMES,
    BLOCK_SAMPLES,
    Block,
    Heard,
    block_of,
    kind_among,
    tone_of,
)
from asr.sounds.open_passage import OpenPassage
from asr.sounds.passage import Passage
from asr.sounds.spectra import Spectra
from asr.sounds.tone_plan import read_tone_plan
from asr.sounds.verdict import why_not_speech
from domain.audio import samples_from_ms
from domain.passage import PassageKind

_AROUND_SAMPLES = 3 * RATE_HZ
_KEPT_RUNS = 16
_KEPT_FRAMES = 60 * RATE_HZ // WINDOW_SAMPLES  # the longest utterance, twice


class Passages:
    """The state of one leg. Passages come in order, up to six seconds after they ended."""

    def __init__(self, *, settings: PassageSettings) -> None:
        self._settings = settings
        self._plan = read_tone_plan()
        self._begin(0)

    def hear(
        self, windows: Waveform, probabilities: Sequence[float], first_sample: int
    ) -> list[Passage]:
        """Take whole windows and what the speech detector says of each.

        ``windows``: float32 (n * WINDOW_SAMPLES,) at 16 kHz, beginning at ``first_sample`` of the leg. A later
        ``first_sample`` than expected is a hole: what was open ends before it.
        """
        done: list[Passage] = []
        if first_sample != self._position:
            done = self.end()
            self._begin(first_sample)
        for frame, speech in zip(self._spectra.feed(windows), probabilities, strict=True):
            heard = Heard(frame=frame, speech=speech, tone=tone_of(frame, self._plan))
            done += self._take(heard)
        return done

    def end(self) -> list[Passage]:
        """The sound ended here: give out what is open."""
        done: list[Passage] = []
        while self._undecided:
            done += self._decide()
        return done + self._open.end()

    def why_not_speech(self, start_sample: int, end_sample: int) -> PassageKind | None:
        """What this stretch surely is instead of speech; None where anybody may be speaking.

        Cautious: a lost word is worse than a wasted reading. Knows the last minute.
        """
        return why_not_speech(
            self._between(start_sample, end_sample),
            self._settings,
            amid_music=self.is_amid_music(start_sample, end_sample),
        )

    def is_amid_music(self, start_sample: int, end_sample: int) -> bool:
        """Whether music long enough for a record, as far as it is decided, sounds within three seconds.

        A second of level tones in speech looks like music too; only what lasts is believed.
        """
        first, last = start_sample - _AROUND_SAMPLES, end_sample + _AROUND_SAMPLES
        least = samples_from_ms(self._settings.min_music_ms, RATE_HZ)
        return any(
            end - start >= least and start <= last and end >= first for start, end in self._music
        )

    def _between(self, start_sample: int, end_sample: int) -> list[Heard]:
        first = self._position - len(self._frames) * WINDOW_SAMPLES
        start = max(0, (start_sample - first) // WINDOW_SAMPLES)
        end = max(0, -(-(end_sample - first) // WINDOW_SAMPLES))
        return [self._frames[at] for at in range(start, min(end, len(self._frames)))]

    def _begin(self, sample: int) -> None:
        self._position = sample
        self._spectra = Spectra()
        self._frames: deque[Heard] = deque(maxlen=_KEPT_FRAMES)
        self._filling: list[Heard] = []
        self._blocks: deque[Block] = deque(maxlen=2 * AROUND + 1)
        self._music: deque[tuple[int, int]] = deque(maxlen=_KEPT_RUNS)  # unbroken runs of it
        self._undecided = 0  # blocks at the end of ``_blocks`` whose kind is not yet known
        self._kind: PassageKind | None = None
        self._open = OpenPassage(self._settings)

    def _take(self, heard: Heard) -> list[Passage]:
        self._frames.append(heard)
        self._filling.append(heard)
        self._position += WINDOW_SAMPLES
        if len(self._filling) < BLOCK_FRAMES:
            return []
        start = self._position - BLOCK_FRAMES * WINDOW_SAMPLES
        self._blocks.append(block_of(start, self._filling))
        self._filling = []
        self._undecided += 1
        return self._decide() if self._undecided > AROUND else []

    def _decide(self) -> list[Passage]:
        """Name the oldest block that still has no kind; there is nothing after the end of the sound."""
        blocks = list(self._blocks)
        at = len(blocks) - self._undecided
        around = blocks[max(0, at - AROUND) : at + AROUND + 1]
        self._undecided -= 1
        self._kind = kind_among(around, min(at, AROUND), was=self._kind, settings=self._settings)
        if self._kind is PassageKind.HOLD_MUSIC:
            self._note_music(blocks[at].start_sample)
        return self._open.take(blocks[at], self._kind)

    def _note_music(self, start: int) -> None:
        if self._music and self._music[-1][1] == start:
            start = self._music.pop()[0]
        end = self._blocks[-1 - self._undecided].start_sample + BLOCK_SAMPLES
        self._music.append((start, end))
