"""Gather a wire's messages into blocks per leg, and count its samples: the call's clock.

A telephone sends 50 messages a second; decoding, splitting and fanning out each of them would cost more than the sound
is worth, so they lie here as they came until there are 100 ms of them.
"""

from domain.audio import ms_from_samples, samples_from_ms
from domain.errors import InputError
from media_gateway.codecs import Encoding, decoded, deinterleaved


class Intake:
    """Blocks of at least ``block_ms``, one piece per channel, all of equal length."""

    def __init__(
        self,
        *,
        sample_rate_hz: int,
        channels: int,
        block_ms: int,
        max_message_ms: int,
        encoding: Encoding = Encoding.L16,
    ) -> None:
        self._rate_hz = sample_rate_hz
        self._channels = channels
        self._encoding = encoding
        self._frame_bytes = encoding.sample_bytes * channels
        self._block_bytes = samples_from_ms(block_ms, sample_rate_hz) * self._frame_bytes
        self._max_bytes = samples_from_ms(max_message_ms, sample_rate_hz) * self._frame_bytes
        self._gathered = bytearray()
        self.samples = 0
        """Heard so far on each channel, also those still being gathered."""

    @property
    def now_ms(self) -> int:
        return ms_from_samples(self.samples, self._rate_hz)

    def take(self, message: bytes) -> tuple[bytes, ...] | None:
        """Return a block when one is full. Raises InputError and keeps nothing of a message that cannot be sound."""
        size = len(message)
        if size % self._frame_bytes:
            raise InputError(
                "media_gateway.odd_bytes",
                f"expected whole {8 * self._encoding.sample_bytes}-bit samples of {self._channels} channel(s), got {size} bytes",
            )
        if size > self._max_bytes:
            raise InputError(
                "media_gateway.message_size",
                f"expected at most {self._max_bytes} bytes of sound in one message, got {size}",
            )
        self.samples += size // self._frame_bytes
        self._gathered += message
        return self.flush() if len(self._gathered) >= self._block_bytes else None

    def flush(self) -> tuple[bytes, ...] | None:
        """Return what was gathered as 16-bit samples, or None when there is nothing."""
        if not self._gathered:
            return None
        block = deinterleaved(decoded(bytes(self._gathered), self._encoding), self._channels)
        self._gathered.clear()
        return block

    def skip(self, samples: int) -> None:
        """Let time pass without sound; what was gathered must have been flushed."""
        self.samples += samples
