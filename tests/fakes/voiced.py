"""Make sound that stands for somebody's voice: it has a pitch, and is neither a tone nor music."""

import numpy as np

from domain.audio import samples_from_ms
from tests.fakes.sound import pcm_of


def voiced(ms: int, *, hz: float = 440, rate_hz: int = 8_000) -> bytes:
    """A hum in much breath, the same every time."""
    samples = samples_from_ms(ms, rate_hz)
    hum = 0.1 * np.sin(2 * np.pi * hz * np.arange(samples) / rate_hz)
    return pcm_of(hum + np.random.default_rng(1).normal(0, 0.2, samples))
