"""Decode the payload of one format into what its sink wants: an encoding and a rate."""

from collections.abc import Callable

import numpy as np
import soxr

from domain.errors import InputError
from media_gateway.codecs import PCM16, Encoding, decoded, encoded
from media_gateway.rtp.formats import PayloadFormat

G711 = {"PCMU": Encoding.PCMU, "PCMA": Encoding.PCMA}
# LQ: 6 ms of delay at 16 kHz, 12 µs a packet; what telephones carry is far below what it loses (2026-11).
RESAMPLER_QUALITY = "LQ"
Decode = Callable[[bytes], bytes]


class PayloadDecoder:
    """``decode`` gives sound, ``ticks`` its length on the RTP clock, ``drain`` what a resampler still holds."""

    def __init__(self, payload: PayloadFormat, *, encoding: Encoding, sample_rate_hz: int) -> None:
        self.ticks = _ticks(payload)
        self.decode: Decode
        self.drain: Callable[[], bytes]
        if _decoded_rate_hz(payload) == sample_rate_hz:
            self.decode, self.drain = _shortest(payload, encoding), bytes
        else:
            resampled = _Resampled(payload, encoding, sample_rate_hz)
            self.decode, self.drain = resampled.decode, resampled.drain


class _Resampled:
    """A decoder whose sound comes at another rate than the sink wants."""

    def __init__(self, payload: PayloadFormat, encoding: Encoding, sample_rate_hz: int) -> None:
        self._to_pcm = _pcm_decoder(payload)
        self._encoding = encoding
        self._resampler = soxr.ResampleStream(
            _decoded_rate_hz(payload), sample_rate_hz, 1, dtype="int16", quality=RESAMPLER_QUALITY
        )

    def decode(self, payload: bytes) -> bytes:
        wave = np.frombuffer(self._to_pcm(payload), PCM16)
        return self._written(self._resampler.resample_chunk(wave))

    def drain(self) -> bytes:
        """Before a hole in the sound: the end of what was heard, and a fresh start."""
        rest = self._resampler.resample_chunk(np.zeros(0, PCM16), last=True)
        self._resampler.clear()
        return self._written(rest)

    def _written(self, wave: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> bytes:
        return encoded(wave.astype(PCM16).tobytes(), self._encoding)


def is_raw(payload: PayloadFormat, *, encoding: Encoding, sample_rate_hz: int) -> bool:
    """Whether a payload is the sound that is wanted, byte for byte, and a byte is a tick."""
    return (
        payload.sample_rate_hz == sample_rate_hz
        and encoding.sample_bytes == 1
        and _native(payload) is encoding
    )


def native_encoding(payload: PayloadFormat, sample_rate_hz: int) -> Encoding:
    """The encoding in which a format costs nothing: its own, when a line can take it as it is."""
    native = _native(payload)
    return (
        native if native is not None and payload.sample_rate_hz == sample_rate_hz else Encoding.L16
    )


def _native(payload: PayloadFormat) -> Encoding | None:
    if payload.name == "L16" and payload.channels == 1:
        return Encoding.L16_BE
    return G711.get(payload.name)


def _shortest(payload: PayloadFormat, encoding: Encoding) -> Decode:
    native = _native(payload)
    if native is encoding:
        return _whole_samples if native is Encoding.L16_BE else _as_it_is
    if native is not None and native.sample_bytes == encoding.sample_bytes == 1:
        table = encoded(decoded(bytes(range(256)), native), encoding)
        return lambda sound: sound.translate(table)
    to_pcm = _pcm_decoder(payload)
    if encoding is Encoding.L16:
        return to_pcm
    return lambda sound: encoded(to_pcm(sound), encoding)


def _as_it_is(sound: bytes) -> bytes:
    return sound


def _whole_samples(sound: bytes) -> bytes:
    if len(sound) % 2:
        raise InputError("media_gateway.odd_bytes", "expected whole 16-bit samples")
    return sound


def _pcm_decoder(payload: PayloadFormat) -> Decode:
    # FFmpeg is loaded by the first stream that needs it, and by no house that speaks G.711 only.
    if payload.name == "G722":
        from media_gateway.rtp.av_codec import g722_decoder

        return g722_decoder()
    if payload.name == "opus":
        from media_gateway.rtp.av_codec import opus_decoder

        return opus_decoder()
    if payload.name == "L16":
        return _mono_l16 if payload.channels == 1 else _mixed_l16
    encoding = G711[payload.name]
    return lambda sound: decoded(sound, encoding)


def _mono_l16(sound: bytes) -> bytes:
    return decoded(sound, Encoding.L16_BE)


def _mixed_l16(sound: bytes) -> bytes:
    if len(sound) % 4:
        raise InputError("media_gateway.odd_bytes", "expected whole pairs of 16-bit samples")
    pairs = np.frombuffer(sound, ">i2").reshape(-1, 2).astype(np.int32)
    return bytes((pairs.sum(axis=1) // 2).astype(PCM16).tobytes())


def _decoded_rate_hz(payload: PayloadFormat) -> int:
    return 48_000 if payload.name == "opus" else payload.sample_rate_hz


def _ticks(payload: PayloadFormat) -> Callable[[bytes], int]:
    if payload.name == "opus":
        return opus_ticks
    if payload.name == "G722":
        per_byte = payload.clock_rate_hz // 8_000
        return lambda sound: len(sound) * per_byte
    if payload.name == "L16":
        sample_bytes = 2 * payload.channels
        return lambda sound: len(sound) // sample_bytes
    return len


# RFC 6716 table 2: the frame length of each configuration, at 48 kHz.
_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)
_FRAME_TICKS = _SILK * 3 + _HYBRID * 2 + _CELT * 4


def opus_ticks(packet: bytes) -> int:
    """How long an Opus packet is at 48 kHz, from its first bytes (RFC 6716 section 3.1)."""
    if not packet:
        return 0
    code = packet[0] & 3
    frames = {0: 1, 1: 2, 2: 2}.get(code, packet[1] & 0x3F if len(packet) > 1 else 0)
    return frames * _FRAME_TICKS[packet[0] >> 3]
