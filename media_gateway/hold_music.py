"""Play hold music round and round."""

from domain.audio import SAMPLE_BYTES, Speech
from domain.errors import InputError
from media_gateway.metronome import BEATS_PER_S
from media_gateway.resampling import Resampler


class HoldMusic:
    """One waiting leg's music at the rate of its ear; a beat's frame is the same for everybody who asks."""

    def __init__(self, music: Speech, ear_rate_hz: int) -> None:
        """Raises InputError on sound that is shorter than 20 ms or of a rate that 50 does not divide."""
        rate_hz = music.sample_rate_hz
        self._frame_bytes = rate_hz // BEATS_PER_S * SAMPLE_BYTES
        if rate_hz % BEATS_PER_S or not 0 < self._frame_bytes <= len(music.pcm):
            raise InputError(
                "media_gateway.hold_music",
                f"expected at least 20 ms of music at a rate that 50 divides, got {music.duration_ms} ms"
                f" at {rate_hz} Hz; use a longer piece at 8000 or 16000 Hz",
            )
        self._pcm = music.pcm
        self._at_byte = 0
        self._resampler = Resampler(rate_hz, ear_rate_hz) if rate_hz != ear_rate_hz else None
        self._position = -1
        self._frame = b""

    def frame(self, position: int) -> bytes:
        """20 ms for the beat of that number."""
        if position != self._position:
            self._position = position
            piece = self._next_piece()
            self._frame = self._resampler.resample(piece) if self._resampler else piece
        return self._frame

    def _next_piece(self) -> bytes:
        piece = self._pcm[self._at_byte : self._at_byte + self._frame_bytes]
        missing = self._frame_bytes - len(piece)
        self._at_byte = missing or self._at_byte + self._frame_bytes
        return piece + self._pcm[:missing] if missing else piece
