"""Hold how patient the gateway is; every value is a plain number with its unit in its name."""

from dataclasses import dataclass, fields

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Limits and waits of one gateway. All are positive.

    A wire may run ``overspeed_percent`` faster than our clock for ever (cheap switch clocks drift) and ``burst_ms``
    ahead of it at any moment (a switch that caught its breath); more than that is a flood. A listener that falls
    ``listener_bound_ms`` behind loses the oldest sound and is told where.
    """

    max_calls: int = 200
    opening_ms: int = 5_000  # to send the metadata after connecting
    stall_ms: int = 15_000
    burst_ms: int = 10_000
    overspeed_percent: int = 5
    texts_burst: int = 100
    texts_per_s: int = 20
    max_message_ms: int = 5_000  # mod_audio_fork buffers 5 s at most and may send it at once
    block_ms: int = 100
    listener_bound_ms: int = 30_000
    listener_flush_ms: int = 25_000
    recorder_bound_ms: int = 30_000
    recorder_block_ms: int = 1_000  # a killed process loses at most this much
    recorder_retry_ms: int = 1_000
    recorder_close_ms: int = 3_000
    facts_waiting: int = 512
    facts_flush_ms: int = 5_000
    play_grace_ms: int = (
        2_000  # beyond the speech's own length, for the far side to say it has played
    )
    send_ms: int = 5_000

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) <= 0:
                raise InputError(
                    "media_gateway.settings",
                    f"expected {field.name} above 0, got {getattr(self, field.name)}",
                )
