"""Join blocks of one kind to a passage long enough to be a record."""

from asr.ear.resampling import RATE_HZ
from asr.ear.vad import WINDOW_SAMPLES
from asr.settings import PassageSettings
from asr.sounds.blocks import BLOCK_SAMPLES, SPEECH_FRAMES, Block
from asr.sounds.passage import Passage
from domain.audio import samples_from_ms
from domain.passage import PassageKind

# How long a passage may pause and still be one: ring-back is silent for up to 5 s (E.180), a fax calls every 3.5 s.
_PAUSE_MS = {
    PassageKind.HOLD_MUSIC: 3_000,
    PassageKind.RING_BACK: 5_200,
    PassageKind.DTMF: 2_000,
    PassageKind.ANNOUNCEMENT: 2_000,
    PassageKind.NOISE: 4_000,
}


class OpenPassage:
    """The passage that may still go on."""

    def __init__(self, settings: PassageSettings) -> None:
        self._settings = settings
        self._kind: PassageKind | None = None
        self._start = self._end = self._sounding = 0

    def take(self, block: Block, kind: PassageKind | None) -> list[Passage]:
        """Take the next block; what it ends comes back."""
        if kind is None:
            return self._rest(block)
        start, end, sounding = _extent(block, kind)
        done = self.end() if kind is not self._kind else []
        if self._kind is None:
            self._kind, self._start = kind, start
        self._end = end
        self._sounding += sounding
        if end - self._start >= self._samples(self._settings.longest_ms):
            return done + self._told_in_pieces()
        return done

    def end(self) -> list[Passage]:
        """Nothing more belongs to it."""
        kind, start, end, sounding = self._kind, self._start, self._end, self._sounding
        self._kind, self._sounding = None, 0
        if kind is None or sounding < self._least(kind):
            return []
        return [Passage(start_sample=start, end_sample=end, kind=kind)]

    def _rest(self, block: Block) -> list[Passage]:
        if self._kind is None:
            return []
        is_speech = block.speech_frames >= SPEECH_FRAMES
        pause = block.start_sample + BLOCK_SAMPLES - self._end
        return self.end() if is_speech or pause > self._samples(_PAUSE_MS[self._kind]) else []

    def _told_in_pieces(self) -> list[Passage]:
        kind, end = self._kind, self._end
        done = self.end()
        self._kind, self._start = kind, end
        if kind is not None:
            self._sounding = self._least(kind)  # the rest of a record needs no minimum
        return done

    def _least(self, kind: PassageKind) -> int:
        is_music = kind is PassageKind.HOLD_MUSIC
        return self._samples(
            self._settings.min_music_ms if is_music else self._settings.min_tone_ms
        )

    def _samples(self, ms: int) -> int:
        return samples_from_ms(ms, RATE_HZ)


def _extent(block: Block, kind: PassageKind) -> tuple[int, int, int]:
    """First sample, end and number of samples of this kind in the block; music fills it."""
    if kind is PassageKind.HOLD_MUSIC:
        return block.start_sample, block.start_sample + BLOCK_SAMPLES, BLOCK_SAMPLES
    at = [place for place, tone in enumerate(block.tones) if tone is kind]
    return (
        block.start_sample + at[0] * WINDOW_SAMPLES,
        block.start_sample + (at[-1] + 1) * WINDOW_SAMPLES,
        len(at) * WINDOW_SAMPLES,
    )
