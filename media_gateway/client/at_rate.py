"""Bring a source to the one rate that a wire carries, as it streams."""

import numpy as np
import soxr

from media_gateway.client.mouth import Source
from media_gateway.codecs import PCM16


class AtRate:
    """A ``Source`` of the same channels at another rate; blocks join without a click."""

    def __init__(self, source: Source, rate_hz: int) -> None:
        self.sample_rate_hz = rate_hz
        self.channels = source.channels
        self._source = source
        self._frame_bytes = 2 * source.channels
        self._resampler = soxr.ResampleStream(
            source.sample_rate_hz, rate_hz, source.channels, dtype="int16"
        )
        self._ready = bytearray()
        self._has_ended = False

    def take(self, samples: int) -> bytes | None:
        while len(self._ready) < samples * self._frame_bytes and not self._has_ended:
            self._ready += self._more(samples)
        if not self._ready:
            return None
        block = bytes(self._ready[: samples * self._frame_bytes])
        del self._ready[: len(block)]
        return block

    def _more(self, samples: int) -> bytes:
        wanted = -(-samples * self._source.sample_rate_hz // self.sample_rate_hz)
        block = self._source.take(wanted)
        self._has_ended = block is None
        frames = np.frombuffer(block or b"", PCM16).reshape(-1, self.channels)
        wave = self._resampler.resample_chunk(np.ascontiguousarray(frames), last=self._has_ended)
        return bytes(np.asarray(wave, PCM16).tobytes())
