"""Count what passed over WebRTC, for metrics."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class WebRtcCounters:
    """Totals since the process began, except ``sessions_live``, which is now."""

    sessions_live: int = 0
    sessions_started: int = 0
    sessions_refused: int = 0
    packets: int = 0
    packets_lost: int = 0
    packets_late: int = 0  # came when their place had been given up, or twice
    packets_broken: int = 0  # no Opus inside
    frames_unsent: int = 0  # what we had to say while the connection took nothing
    slow_closings: int = 0
