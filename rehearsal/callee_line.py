"""Sound like a telephone line: what the mouth says, over a little noise."""

import numpy as np

from media_gateway.client.mouth import Mouth

NOISE_S = 10  # then it begins again; nobody hears a pattern this long
NOISE_PEAK = 40  # of 32767, about -62 dB
SAMPLE_BYTES = 2


class NoisyLine:
    """A ``Source`` around a mouth. The same seed gives the same noise."""

    channels = 1

    def __init__(self, mouth: Mouth, *, seed: int) -> None:
        self.sample_rate_hz = mouth.sample_rate_hz
        self._mouth = mouth
        dice = np.random.default_rng(seed)
        self._noise = dice.integers(
            -NOISE_PEAK, NOISE_PEAK + 1, NOISE_S * mouth.sample_rate_hz, np.int16
        )
        self._place = 0

    def take(self, samples: int) -> bytes | None:
        spoken = self._mouth.take(samples)
        if spoken is None:
            return None
        words = np.frombuffer(spoken, "<i2").astype(np.int32)
        places = np.arange(self._place, self._place + len(words)) % len(self._noise)
        self._place += len(words)
        noisy = np.clip(words + self._noise[places], -32768, 32767)
        return bytes(noisy.astype("<i2").tobytes())
