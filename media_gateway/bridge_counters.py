"""Count what bridges did to the sound that passed through them, for metrics."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class BridgeCounters:
    """Totals of one bridge, or of all that share it; samples are at the rate of the leg they came from."""

    underruns: int = 0  # a leg that had been speaking brought too little for a beat
    dropped_samples: int = (
        0  # taken out, inaudibly, because the far side's clock is faster or sound waited
    )
    inserted_samples: int = 0  # put in, inaudibly, because the far side's clock is slower
    cut_samples: int = 0  # thrown away at once, because a burst had made the leg late
