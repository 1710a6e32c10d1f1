"""Count what passed over AudioSocket and became no sound."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class AudioSocketCounters:
    """Totals since the process began."""

    connections: int = 0
    unknown_frames: int = 0  # of kinds we do not know: skipped, as the protocol grows
    unsent_frames: int = 0  # of our voice, because Asterisk did not take them in time
