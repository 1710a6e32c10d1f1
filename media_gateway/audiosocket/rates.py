"""Infer the sample rate of an AudioSocket leg, which no Asterisk release says reliably.

The kind byte is not to be trusted: one release calls 16 kHz 0x11, later ones 0x12, and the channel driver once sent 0x10
whatever the codec was. Asterisk sends 20 ms at a time, so the length of a frame tells the rate.
"""

from domain.audio import KNOWN_RATES_HZ
from domain.errors import InputError
from media_gateway.codecs import Encoding

FRAMES_PER_S = 50
DEFAULT_RATE_HZ = 8_000  # the dial-plan application never sends anything else

# As documented since Asterisk 23.1; asked only about frames that are not 20 ms of any rate.
RATES_BY_KIND_HZ = {
    0x10: 8_000,
    0x11: 12_000,
    0x12: 16_000,
    0x13: 24_000,
    0x14: 32_000,
    0x15: 44_100,
    0x16: 48_000,
    0x17: 96_000,
    0x18: 192_000,
}
RATES_HZ = frozenset(RATES_BY_KIND_HZ.values()) | frozenset(KNOWN_RATES_HZ)
G711_FRAME_BYTES = 160  # also 10 ms of linear sound: nobody can tell


def inferred_rate_hz(kind: int, frame_bytes: int, encoding: Encoding = Encoding.L16) -> int:
    """The rate of a leg by its first frame of sound. Raises InputError when it is none of ours or cannot be told."""
    if encoding is Encoding.L16 and frame_bytes == G711_FRAME_BYTES:
        raise InputError(
            "media_gateway.audiosocket_rate",
            "expected 20 ms of linear sound a frame, got 160 bytes, which may be 10 ms of it or 20 ms of G.711; "
            "dial with c(slin), or set sample_rate_hz and encoding for this listener",
        )
    by_size = frame_bytes // encoding.sample_bytes * FRAMES_PER_S
    rate_hz = by_size if by_size in RATES_HZ else RATES_BY_KIND_HZ.get(kind, DEFAULT_RATE_HZ)
    if rate_hz not in KNOWN_RATES_HZ:
        raise InputError(
            "media_gateway.audiosocket_rate",
            f"expected one of {KNOWN_RATES_HZ} Hz, got {rate_hz} Hz ({frame_bytes} bytes a frame); dial with c(slin16)",
        )
    return rate_hz
