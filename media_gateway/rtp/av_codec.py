"""Decode and encode G.722 and Opus by FFmpeg's codecs; one context a stream, because both remember what was before."""

from collections.abc import Callable

import av
from av.audio.codeccontext import AudioCodecContext
from av.error import FFmpegError

from domain.audio import SAMPLE_BYTES
from domain.errors import InputError

OPUS_RATE_HZ = 48_000  # FFmpeg's Opus always decodes to it
OPUS_ENCODED_RATES_HZ = (8_000, 16_000, 24_000, 48_000)
G722_RATE_HZ = 16_000
_OPUS_OPTIONS = {"application": "voip", "frame_duration": "20"}


def g722_decoder() -> Callable[[bytes], bytes]:
    """G.722 to 16-bit mono at 16 kHz."""
    return _decoder("g722", G722_RATE_HZ)


def opus_decoder() -> Callable[[bytes], bytes]:
    """Opus to 16-bit mono at 48 kHz."""
    return _decoder("libopus", OPUS_RATE_HZ)


def g722_encoder() -> Callable[[bytes], bytes]:
    return _encoder("g722", G722_RATE_HZ, {})


def opus_encoder(sample_rate_hz: int) -> Callable[[bytes], bytes]:
    """20 ms of 16-bit mono to one Opus packet."""
    return _encoder("libopus", sample_rate_hz, _OPUS_OPTIONS)


def _decoder(name: str, rate_hz: int) -> Callable[[bytes], bytes]:
    codec = _context(name, "r", rate_hz)
    codec.open()
    decode, packet_of = codec.decode, av.Packet

    def decoded(payload: bytes) -> bytes:
        try:
            frames = decode(packet_of(payload))
        except FFmpegError as error:
            raise InputError(
                "media_gateway.undecodable", f"expected {name}, got what is none ({error})"
            ) from None
        return b"".join(bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES] for frame in frames)

    return decoded


def _encoder(name: str, rate_hz: int, options: dict[str, str]) -> Callable[[bytes], bytes]:
    codec = _context(name, "w", rate_hz)
    codec.options = options
    codec.open()
    sent_samples = 0

    def encoded(pcm: bytes) -> bytes:
        nonlocal sent_samples
        samples = len(pcm) // SAMPLE_BYTES
        frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
        frame.sample_rate = rate_hz
        frame.pts = sent_samples
        frame.planes[0].update(pcm.ljust(frame.planes[0].buffer_size, b"\0"))
        sent_samples += samples
        return b"".join(bytes(packet) for packet in codec.encode(frame))

    return encoded


def _context(name: str, mode: str, rate_hz: int) -> AudioCodecContext:
    codec = av.CodecContext.create(name, "r" if mode == "r" else "w")
    if not isinstance(codec, AudioCodecContext):
        raise InputError("media_gateway.codec", f"expected {name} to be a codec of sound")
    codec.sample_rate = rate_hz
    codec.layout = "mono"
    codec.format = "s16"
    return codec
