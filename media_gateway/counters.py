"""Count what passed through the gateway, for metrics."""

from dataclasses import dataclass, field

from domain.call import EndReason


@dataclass(slots=True, kw_only=True)
class GatewayCounters:
    """Totals since the process began, except ``calls_live``, which is now."""

    calls_live: int = 0
    calls_started: int = 0
    calls_ended: dict[EndReason, int] = field(default_factory=dict)
    calls_refused: int = 0  # no place, or no usable metadata: no call came of it
    messages: int = 0
    bytes_heard: int = 0
    blocks: int = 0
    keys: int = 0
    gaps: int = 0
    gap_ms: int = 0
    clock_jumps: int = 0  # holes that a wire claimed and our clock denies
    recording_failures: int = 0
    listener_failures: int = 0
    facts_lost: int = 0

    def ended(self, reason: EndReason) -> None:
        self.calls_ended[reason] = self.calls_ended.get(reason, 0) + 1
