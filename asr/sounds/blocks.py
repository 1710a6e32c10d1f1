"""Sum frames up into blocks of a quarter of a second and say what each sounds like among its neighbours."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from asr.ear.vad import WINDOW_SAMPLES
from asr.settings import PassageSettings
from asr.sounds.spectra import Frame
from asr.sounds.tone_plan import TonePlan
from domain.passage import PassageKind

BLOCK_FRAMES = 8
BLOCK_SAMPLES = BLOCK_FRAMES * WINDOW_SAMPLES
AROUND = 4  # blocks on either side: a bar of music, 2.3 s in all
AUDIBLE_DB = -55.0
_TONE_DB = -45.0
_PURE = 0.85
_STILL = 0.5  # vowels are pure at times, but glide
_SPEECH_AT = 0.5
_SPREAD = 2  # semitones: narrower is a tone or a buzz, not a tune
SPEECH_FRAMES = 3  # in a block: somebody talks, whatever else sounds
_TONE_FRAMES = 2
_MUSIC_SHARE, _GOES_ON_SHARE = 0.5, 0.25  # of the frames must be audible
_PLANNED_SHARE = 0.5  # a tune whose notes are half of the plan's tones is no tune


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One frame, with what the speech detector says of it and the telephone tone it is, if any."""

    frame: Frame
    speech: float
    tone: PassageKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Eight frames in a row; ``tone_frames`` are the places of those that are telephone tones."""

    start_sample: int
    steady: float
    audible: int
    steady_frames: int
    speech_frames: int
    notes: frozenset[int]
    tones: tuple[PassageKind | None, ...]


def tone_of(frame: Frame, plan: TonePlan) -> PassageKind | None:
    """Which telephone tone one frame can be: clear, audible and, unless a key (they are short), on one pitch."""
    if frame.purity < _PURE or frame.level_db < _TONE_DB:
        return None
    kind = plan.kind_of(frame.peaks_hz)
    return kind if kind is PassageKind.DTMF or frame.still >= _STILL else None


def block_of(start_sample: int, frames: Sequence[Heard]) -> Block:
    audible = [h for h in frames if h.frame.level_db > AUDIBLE_DB]
    noted = [h.frame.pitch_hz for h in audible if h.frame.pitch_hz is not None]
    return Block(
        start_sample=start_sample,
        steady=sum(h.frame.steady for h in audible),
        audible=len(audible),
        steady_frames=len(noted),
        speech_frames=sum(h.speech >= _SPEECH_AT for h in frames),
        notes=frozenset(round(12 * log2(hz / 440)) for hz in noted),
        tones=tuple(h.tone for h in frames),
    )


def kind_among(
    blocks: Sequence[Block], at: int, *, was: PassageKind | None, settings: PassageSettings
) -> PassageKind | None:
    """What the block at this place is, with the blocks around it; None for speech, silence and noise."""
    block = blocks[at]
    if block.speech_frames >= SPEECH_FRAMES:
        return None
    if _is_music(blocks, was is PassageKind.HOLD_MUSIC, settings):
        return PassageKind.HOLD_MUSIC
    tones = Counter(tone for tone in block.tones if tone is not None)
    kind, frames = tones.most_common(1)[0] if tones else (None, 0)
    return kind if frames >= _TONE_FRAMES else None


def _is_music(blocks: Sequence[Block], goes_on: bool, settings: PassageSettings) -> bool:
    frames = BLOCK_FRAMES * len(blocks)
    audible = sum(block.audible for block in blocks)
    if audible < frames * (_GOES_ON_SHARE if goes_on else _MUSIC_SHARE):
        return False
    steady = sum(block.steady for block in blocks) / audible
    if steady < (settings.goes_on_at if goes_on else settings.music_at):
        return False
    planned = sum(tone is not None for block in blocks for tone in block.tones)
    noted = sum(block.steady_frames for block in blocks)
    notes = frozenset[int]().union(*(block.notes for block in blocks))
    return planned < _PLANNED_SHARE * noted and (
        goes_on or max(notes, default=0) - min(notes, default=0) >= _SPREAD
    )
