"""Turn Opus into 16 kHz samples and back with libopus, one stream each, keeping state between packets."""

from fractions import Fraction

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.packet import Packet

LINE_RATE_HZ = 16_000
CLOCK_RATE_HZ = 48_000  # RFC 7587 4.1: the RTP clock of Opus, whatever its bandwidth
CLOCKS_PER_SAMPLE = CLOCK_RATE_HZ // LINE_RATE_HZ
FRAME_SAMPLES = LINE_RATE_HZ // 50
BIT_RATE = 24_000  # wideband speech; music is not what a hotline says
COMPLEXITY = "5"  # of 10: half the time of the default, no difference on speech
SAMPLE_BYTES = 2


class OpusEar:
    """Decode one stream to mono, then to the line's rate. Neither decoder nor filter is ever reset."""

    def __init__(self) -> None:
        self._decoder = _codec("r")
        self._decoder.sample_rate = CLOCK_RATE_HZ
        self._decoder.layout = "mono"
        self._to_line = AudioResampler(format="s16", layout="mono", rate=LINE_RATE_HZ)

    def decode(self, payload: bytes) -> tuple[bytes, int] | None:
        """Samples at the line's rate and the RTP clocks they last; None when it is no Opus."""
        try:
            frames = self._decoder.decode(Packet(payload))
        except av.FFmpegError:
            return None
        clocks = sum(frame.samples for frame in frames)
        return (b"".join(map(self._at_line_rate, frames)), clocks) if clocks else None

    def _at_line_rate(self, frame: AudioFrame) -> bytes:
        frame.pts = None  # the filter counts samples itself; time is ours to keep
        return b"".join(
            bytes(piece.planes[0])[: piece.samples * SAMPLE_BYTES]
            for piece in self._to_line.resample(frame)
        )


class OpusVoice:
    """Encode 20 ms frames of 16 kHz mono; each frame is one packet."""

    def __init__(self) -> None:
        self._encoder = _codec("w")
        self._encoder.sample_rate = LINE_RATE_HZ
        self._encoder.layout = "mono"
        self._encoder.bit_rate = BIT_RATE
        self._encoder.time_base = Fraction(1, LINE_RATE_HZ)
        self._encoder.options = {"application": "voip", "compression_level": COMPLEXITY}
        self._frames = 0

    def encode(self, pcm: bytes) -> bytes:
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
        frame.sample_rate = LINE_RATE_HZ
        frame.pts = self._frames * FRAME_SAMPLES
        frame.planes[0].update(pcm)
        self._frames += 1
        return b"".join(bytes(packet) for packet in self._encoder.encode(frame))


def _codec(mode: str) -> AudioCodecContext:
    codec = AudioCodecContext.create("libopus", "w" if mode == "w" else "r")
    codec.format = "s16"
    return codec
