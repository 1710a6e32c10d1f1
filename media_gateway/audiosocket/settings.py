"""Hold where AudioSocket is listened for, and how patient we are with it."""

from dataclasses import dataclass

from domain.audio import KNOWN_RATES_HZ
from domain.errors import InputError
from media_gateway.codecs import Encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSocketSettings:
    """``port`` None: nobody listens; 0: any free port. ``sample_rate_hz`` and ``encoding`` are set where frames lie.

    AudioSocket has no sign-in: whoever reaches the port brings calls, so listen where only Asterisk can.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    sample_rate_hz: int | None = None  # None: inferred from the first frame
    encoding: Encoding = Encoding.L16
    opening_ms: int = 5_000  # for the UUID, and again for the first sound
    unsent_ms: int = (
        60  # of our voice; more in front of a slow network would be heard after a barge-in
    )
    close_ms: int = 2_000
    legs_expected_at_most: int = 10_000
    leg_expires_ms: int = 600_000

    def __post_init__(self) -> None:
        if self.sample_rate_hz is not None and self.sample_rate_hz not in KNOWN_RATES_HZ:
            raise InputError(
                "media_gateway.settings",
                f"expected sample_rate_hz to be one of {KNOWN_RATES_HZ}, got {self.sample_rate_hz}",
            )
        if self.port is not None and not 0 <= self.port <= 65_535:
            raise InputError(
                "media_gateway.settings", f"expected a port up to 65535, got {self.port}"
            )
        self._check_above_zero(
            "opening_ms", "unsent_ms", "close_ms", "legs_expected_at_most", "leg_expires_ms"
        )

    def _check_above_zero(self, *names: str) -> None:
        for name in names:
            if getattr(self, name) <= 0:
                raise InputError(
                    "media_gateway.settings", f"expected {name} above 0, got {getattr(self, name)}"
                )
