"""Choose an AudioHook media format, and read its durations: the wire's clock in samples."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.audio import Leg
from domain.errors import InputError
from media_gateway.codecs import Encoding

RATE_HZ = 8_000
LONGEST_S = 7 * 24 * 3600  # a week: more is no telephone call
_DURATION = re.compile(r"PT(\d{0,12}(?:\.\d{0,12})?)S")

FORMATS = {"PCMU": Encoding.PCMU, "L16": Encoding.L16_BE}
LEGS = {"external": Leg.CALLER, "internal": Leg.AGENT}
_CHANNELS_BY_WORTH = (
    ("external", "internal"),
    ("internal", "external"),
    ("external",),
    ("internal",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One media format: ``channels`` are interleaved per sample in this order."""

    format: str
    channels: tuple[str, ...]

    @property
    def encoding(self) -> Encoding:
        return FORMATS[self.format]

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(LEGS[channel] for channel in self.channels)

    @property
    def block_bytes(self) -> int:
        """One sample of every channel."""
        return self.encoding.sample_bytes * len(self.channels)

    def as_json(self) -> dict[str, object]:
        return {
            "type": "audio",
            "format": self.format,
            "channels": list(self.channels),
            "rate": RATE_HZ,
        }


_WORTH = [
    Media(format=format_name, channels=channels)
    for channels in _CHANNELS_BY_WORTH
    for format_name in FORMATS
]


def offered_media(value: object) -> tuple[Media, ...]:
    """The offers that we can take, in the client's order; the others are passed over."""
    if not isinstance(value, list):
        raise InputError("media_gateway.audiohook_media", "expected media as a list, got none")
    offers = (_media(offer) for offer in value)
    return tuple(media for media in offers if media is not None)


def best_media(offers: Sequence[Media]) -> Media | None:
    """Both sides before one, the caller before the agent, half the bytes (PCMU) before L16."""
    return min(offers, key=_WORTH.index, default=None)


def samples_of(duration: object) -> int:
    """An ISO 8601 duration in seconds (PT1.5S) in samples. Raises InputError."""
    match = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    digits = match[1] if match else ""
    if not digits.strip("."):
        raise InputError(
            "media_gateway.audiohook_duration",
            "expected a duration like PT1.5S, got something else",
        )
    seconds = float(digits)
    if seconds > LONGEST_S:
        raise InputError(
            "media_gateway.audiohook_duration", f"expected at most {LONGEST_S} s, got {seconds} s"
        )
    return round(seconds * RATE_HZ)


def duration_of(samples: int) -> str:
    """Exact: a sample lasts 0.000125 s."""
    return duration(samples / (RATE_HZ / 1000))


def duration(ms: float) -> str:
    seconds = f"{max(ms, 0) / 1000:.6f}".rstrip("0").rstrip(".")
    return f"PT{seconds}S"


def _media(offer: object) -> Media | None:
    if not isinstance(offer, dict) or offer.get("type") != "audio" or offer.get("rate") != RATE_HZ:
        return None
    channels, format_name = offer.get("channels"), offer.get("format")
    if not isinstance(channels, list) or not isinstance(format_name, str):
        return None
    if format_name not in FORMATS or tuple(map(str, channels)) not in _CHANNELS_BY_WORTH:
        return None
    return Media(format=format_name, channels=tuple(map(str, channels)))
