"""Hold the limits of every RTP stream; every value is a plain number with its unit in its name."""

from dataclasses import dataclass

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class RtpSettings:
    """Ports and patience. ``first_port`` and ``last_port`` of 0 mean any free ports, which suits tests only.

    ``advertised_host`` is what is told to others when they do not reach us at ``host``.
    """

    host: str = "127.0.0.1"
    advertised_host: str | None = None
    first_port: int = 24_000  # below what Linux lends to others (32768-60999)
    last_port: int = 24_999
    jitter_ms: int = 60  # how long a missing packet may still come
    conceal_ms: int = 60  # a longer loss is a gap: an invented sound must not become a word
    segment_ms: int = 2_000  # a longer jump of the timestamps is checked against the clock
    orphan_ms: int = 60_000  # neither RTP nor RTCP: nobody is there any more
    report_ms: int = 5_000
    key_ms: int = 160
    receive_buffer_bytes: int = 262_144

    def __post_init__(self) -> None:
        any_port = self.first_port == self.last_port == 0
        if not any_port and not 1024 <= self.first_port < self.last_port <= 65_535:
            raise InputError(
                "media_gateway.rtp_ports",
                f"expected a range of ports between 1024 and 65535, got {self.first_port}-{self.last_port}",
            )
        waits = (self.jitter_ms, self.conceal_ms, self.segment_ms, self.orphan_ms)
        if min(*waits, self.report_ms, self.key_ms, self.receive_buffer_bytes) <= 0:
            raise InputError("media_gateway.rtp_settings", "expected every RTP wait above 0")

    @property
    def told_host(self) -> str:
        return self.advertised_host or self.host
