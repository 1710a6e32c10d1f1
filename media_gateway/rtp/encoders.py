"""Encode 16-bit sound as payloads of one format, 20 ms each."""

from collections.abc import Callable

import numpy as np
import soxr

from domain.audio import SAMPLE_BYTES
from media_gateway.codecs import PCM16, Encoding, encoded
from media_gateway.rtp.decoders import G711, RESAMPLER_QUALITY
from media_gateway.rtp.formats import PayloadFormat

PACKETS_PER_S = 50


class PayloadEncoder:
    """``encode`` takes frames at ``sample_rate_hz``; each payload is ``ticks`` long on the RTP clock."""

    def __init__(self, payload: PayloadFormat, *, sample_rate_hz: int) -> None:
        self.ticks = payload.clock_rate_hz // PACKETS_PER_S
        rate_hz, self._to_payload = _encoder(payload, sample_rate_hz)
        self._frame_bytes = rate_hz // PACKETS_PER_S * SAMPLE_BYTES
        self._waiting = bytearray()
        self._resampler = None
        if rate_hz != sample_rate_hz:
            self._resampler = soxr.ResampleStream(
                sample_rate_hz, rate_hz, 1, dtype="int16", quality=RESAMPLER_QUALITY
            )

    def encode(self, pcm: bytes) -> tuple[bytes, ...]:
        """The payloads that are complete; what is left waits for the next frame."""
        if self._resampler is not None:
            wave = self._resampler.resample_chunk(np.frombuffer(pcm, PCM16))
            pcm = wave.astype(PCM16).tobytes()
        if len(pcm) == self._frame_bytes and not self._waiting:
            return (self._to_payload(pcm),)
        self._waiting += pcm
        return tuple(self._whole_frames())

    def _whole_frames(self) -> list[bytes]:
        payloads = []
        while len(self._waiting) >= self._frame_bytes:
            payloads.append(self._to_payload(bytes(self._waiting[: self._frame_bytes])))
            del self._waiting[: self._frame_bytes]
        return payloads


def _encoder(payload: PayloadFormat, sample_rate_hz: int) -> tuple[int, Callable[[bytes], bytes]]:
    """The rate a format is encoded from, and how. FFmpeg is loaded by the first stream that needs it."""
    if payload.name == "G722":
        from media_gateway.rtp.av_codec import G722_RATE_HZ, g722_encoder

        return G722_RATE_HZ, g722_encoder()
    if payload.name == "opus":
        from media_gateway.rtp.av_codec import OPUS_ENCODED_RATES_HZ, opus_encoder

        rate_hz = sample_rate_hz if sample_rate_hz in OPUS_ENCODED_RATES_HZ else 48_000
        return rate_hz, opus_encoder(rate_hz)
    if payload.name == "L16":
        return payload.sample_rate_hz, _mono_l16 if payload.channels == 1 else _doubled_l16
    encoding = G711[payload.name]
    return payload.sample_rate_hz, lambda pcm: encoded(pcm, encoding)


def _mono_l16(pcm: bytes) -> bytes:
    return encoded(pcm, Encoding.L16_BE)


def _doubled_l16(pcm: bytes) -> bytes:
    return np.repeat(np.frombuffer(pcm, PCM16).astype(">i2"), 2).tobytes()
