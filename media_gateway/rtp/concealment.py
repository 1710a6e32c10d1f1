"""Bridge a short loss with what was heard before it, fading."""

import numpy as np

from media_gateway.codecs import PCM16, Encoding, decoded, encoded


def concealed(last_sound: bytes, encoding: Encoding, *, samples: int, fade_samples: int) -> bytes:
    """``samples`` of the last sound again and again, silent after ``fade_samples``; a listener sees no edge."""
    wave = np.frombuffer(decoded(last_sound, encoding), PCM16)
    if not len(wave):
        return silence(encoding, samples)
    repeated = np.resize(wave, samples).astype(np.float32)
    fade = np.maximum(1 - np.arange(samples, dtype=np.float32) / fade_samples, 0)
    return encoded((repeated * fade).astype(PCM16).tobytes(), encoding)


def silence(encoding: Encoding, samples: int) -> bytes:
    return _ZERO[encoding] * samples


_ZERO = {one: encoded(bytes(2), one) for one in Encoding}
