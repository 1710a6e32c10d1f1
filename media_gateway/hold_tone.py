"""Make what a leg on hold hears when nobody gave us music: two soft notes every five seconds."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from domain.audio import Speech, samples_from_ms
from media_gateway.codecs import PCM16

RATE_HZ = 8_000
ROUND_MS = 5_000
NOTES_HZ = (
    523.25,
    659.25,
)  # c'' and e'': a rising third says "still here", and is in every telephone's band
NOTE_MS = 220
FIRST_AT_MS = 400  # who was just put on hold knows soon that the line is not dead
LEVEL = 0.045  # -27 dBFS: quieter than speech, for somebody who keeps the telephone at the ear


@cache
def hold_tone() -> Speech:
    """One round; it begins and ends in silence, so that it repeats without a click."""
    wave = np.zeros(samples_from_ms(ROUND_MS, RATE_HZ))
    for number, hz in enumerate(NOTES_HZ):
        at = samples_from_ms(FIRST_AT_MS + number * NOTE_MS, RATE_HZ)
        note = _note(hz)
        wave[at : at + len(note)] += note
    return Speech(pcm=np.asarray(32_767 * wave, PCM16).tobytes(), sample_rate_hz=RATE_HZ)


def _note(hz: float) -> NDArray[np.float64]:
    """A sine that swells and fades: nothing in it has the rhythm or the overtones of a voice."""
    at_s = np.arange(samples_from_ms(NOTE_MS, RATE_HZ)) / RATE_HZ
    swell = np.sin(np.pi * at_s * 1000 / NOTE_MS) ** 2
    return LEVEL * swell * np.sin(2 * np.pi * hz * at_s)
