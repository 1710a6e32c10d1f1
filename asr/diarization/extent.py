"""Say how much of a recording is listened to, how finely, and what is too much."""

from collections.abc import Iterable

import numpy as np

from asr.diarization.diarizer import RATE_HZ
from asr.ear.tape import Waveform
from domain.audio import samples_from_ms
from domain.errors import InputError

WINDOW_S = 5.0  # what the segmentation network hears at once
FINEST_STEP, COARSEST_STEP = 0.1, 0.5  # between windows, as a share of one
LONGEST_VOICE_MS = 20_000  # more of one turn tells no more about its voice
MOST_SPEAKERS = 10


def check(waveform: Waveform, speakers: int | None, *, max_windows: int) -> None:
    """Raises InputError("asr.diarization_mono" | "_speakers" | "_length")."""
    if waveform.ndim != 1:
        raise InputError(
            "asr.diarization_mono",
            f"expected one channel of samples, got {waveform.ndim} dimensions; mix or pick a channel",
        )
    if speakers is not None and not 1 <= speakers <= MOST_SPEAKERS:
        raise InputError(
            "asr.diarization_speakers", f"expected 1 to {MOST_SPEAKERS} speakers, got {speakers}"
        )
    longest_s, lasts_s = COARSEST_STEP * WINDOW_S * max_windows, len(waveform) / RATE_HZ
    if lasts_s > longest_s:
        raise InputError(
            "asr.diarization_length",
            f"expected at most {longest_s / 60:.0f} minutes, got {lasts_s / 60:.0f}; "
            "cut the recording or raise asr.diarization.max_windows",
        )


def step_for(samples: int, max_windows: int) -> float:
    """How far apart windows begin, as a share of one: fine while they are few, coarser in a long recording.

    Clustering holds a distance for each pair of windows, so their number bounds its memory.
    """
    return max(FINEST_STEP, samples / RATE_HZ / (WINDOW_S * max_windows))


def own_sound(waveform: Waveform, stretches: Iterable[tuple[int, int]]) -> Waveform:
    """The sound of these stretches (start_ms, end_ms), joined; at most `LONGEST_VOICE_MS` of it."""
    pieces = [
        waveform[samples_from_ms(start, RATE_HZ) : samples_from_ms(end, RATE_HZ)]
        for start, end in stretches
    ]
    joined: Waveform = np.concatenate([np.zeros(0, np.float32), *pieces])
    return joined[: samples_from_ms(LONGEST_VOICE_MS, RATE_HZ)]
