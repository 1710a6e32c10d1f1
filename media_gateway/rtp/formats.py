"""Know the payload formats of RTP: numbers, names, clocks and what we can decode (RFC 3551, RFC 7587, RFC 4733)."""

from collections.abc import Sequence
from dataclasses import dataclass

SIGNALS = frozenset({"telephone-event", "cn"})
FIRST_DYNAMIC = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadFormat:
    """One line of an agreement. ``clock_rate_hz`` counts timestamps, ``sample_rate_hz`` is the sound's own."""

    payload_type: int
    name: str
    clock_rate_hz: int
    sample_rate_hz: int
    channels: int = 1
    ptime_ms: int = 20
    fmtp: str | None = None

    @property
    def is_sound(self) -> bool:
        return self.name.lower() not in SIGNALS

    @property
    def encoding_name(self) -> str:
        """As an rtpmap writes it after the number: ``opus/48000/2``."""
        channels = f"/{self.channels}" if self.channels > 1 else ""
        return f"{self.name}/{self.clock_rate_hz}{channels}"

    @property
    def rtpmap(self) -> str:
        return f"{self.payload_type} {self.encoding_name}"


PCMU = PayloadFormat(payload_type=0, name="PCMU", clock_rate_hz=8_000, sample_rate_hz=8_000)
PCMA = PayloadFormat(payload_type=8, name="PCMA", clock_rate_hz=8_000, sample_rate_hz=8_000)
# RFC 3551 4.5.2: the RTP clock of G.722 is 8000 for ever, by a mistake that became the standard.
G722 = PayloadFormat(payload_type=9, name="G722", clock_rate_hz=8_000, sample_rate_hz=16_000)
# Opus is always "/2" and 48000 on the wire (RFC 7587 section 7); speech fills 16 kHz of it.
OPUS = PayloadFormat(
    payload_type=111,
    name="opus",
    clock_rate_hz=48_000,
    sample_rate_hz=16_000,
    channels=2,
    fmtp="useinbandfec=1;stereo=0;sprop-stereo=0",
)
L16_STEREO = PayloadFormat(
    payload_type=10, name="L16", clock_rate_hz=44_100, sample_rate_hz=44_100, channels=2
)
L16_MONO = PayloadFormat(payload_type=11, name="L16", clock_rate_hz=44_100, sample_rate_hz=44_100)
L16_16K = PayloadFormat(payload_type=118, name="L16", clock_rate_hz=16_000, sample_rate_hz=16_000)
COMFORT_NOISE = PayloadFormat(payload_type=13, name="CN", clock_rate_hz=8_000, sample_rate_hz=8_000)
TELEPHONE_EVENT = PayloadFormat(
    payload_type=101,
    name="telephone-event",
    clock_rate_hz=8_000,
    sample_rate_hz=8_000,
    fmtp="0-15",
)

SUPPORTED = (PCMA, PCMU, G722, OPUS, TELEPHONE_EVENT, COMFORT_NOISE)
"""In the order we offer them."""

_STATIC = {
    known.payload_type: known for known in (PCMU, PCMA, G722, L16_STEREO, L16_MONO, COMFORT_NOISE)
}
_L16_RATES_HZ = frozenset({8_000, 16_000, 24_000, 32_000, 44_100, 48_000})
_MOST_DIGITS = 6


def format_of(
    payload_type: int, rtpmap: str | None = None, fmtp: str | None = None
) -> PayloadFormat | None:
    """Understand ``opus/48000/2`` under a number, or a number alone; None for what we cannot decode."""
    if not 0 <= payload_type <= 127:
        return None
    if rtpmap is None:
        return _STATIC.get(payload_type)
    name, _, rest = rtpmap.strip().partition("/")
    rate, _, channels = rest.partition("/")
    clock_hz, channel_count = _number(rate), _number(channels or "1")
    if clock_hz is None or channel_count is None:
        return None
    return _format(payload_type, name.lower(), clock_hz, channel_count, fmtp)


def common(offered: Sequence[PayloadFormat]) -> tuple[PayloadFormat, ...]:
    """What to answer an offer: its first sound, then its keys of the same clock and its comfort noise; empty when there is no sound."""
    sound = next((offer for offer in offered if offer.is_sound), None)
    if sound is None:
        return ()
    signals = [offer for offer in offered if offer.name.lower() == "telephone-event"]
    keys = [offer for offer in signals if offer.clock_rate_hz == sound.clock_rate_hz] or signals
    noise = [offer for offer in offered if offer.name.lower() == "cn"]
    return (sound, *keys[:1], *noise[:1])


def _format(
    payload_type: int, name: str, clock_hz: int, channels: int, fmtp: str | None
) -> PayloadFormat | None:
    match name:
        case "pcmu" | "pcma" if clock_hz == 8_000 and channels == 1:
            sample_hz = 8_000
        case "g722" if clock_hz in (8_000, 16_000) and channels == 1:
            sample_hz = 16_000  # some telephones say G722/16000 and mean it
        case "opus" if clock_hz == 48_000:
            sample_hz = 16_000
        case "l16" if clock_hz in _L16_RATES_HZ and channels in (1, 2):
            sample_hz = clock_hz
        case "cn" | "telephone-event" if 8_000 <= clock_hz <= 48_000:
            sample_hz = clock_hz
        case _:
            return None
    return PayloadFormat(
        payload_type=payload_type,
        name=_WRITTEN[name],
        clock_rate_hz=clock_hz,
        sample_rate_hz=sample_hz,
        channels=channels,
        fmtp=fmtp,
    )


_WRITTEN = {
    "pcmu": "PCMU",
    "pcma": "PCMA",
    "g722": "G722",
    "opus": "opus",
    "l16": "L16",
    "cn": "CN",
    "telephone-event": "telephone-event",
}


def _number(text: str) -> int | None:
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MOST_DIGITS:
        return None
    return int(digits)
