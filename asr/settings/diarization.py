"""Say how the voices in a mono recording are told apart, and when we admit that we cannot."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class DiarizationSettings:
    """How voices are told apart.

    ``speakers`` counts where nobody says how many there are; a call has two parties, and no one threshold suited all
    recordings when the number was left open. ``speech_at`` is the probability that somebody speaks; ``merge_below``
    the cosine distance under which two voices are one, for an open number. A turn keeps its name when it has
    ``min_turn_ms`` of its own sound and lies nearer to that voice than to the next by ``min_margin`` (difference of
    cosine distances; of 1462 comparisons of 0.5 to 2.5 s of telephone voices none was named wrongly
    at 0.05, 2026-11). ``min_share`` of the speech in a line must be one voice's. ``max_windows`` bounds memory.
    """

    speakers: int = 2
    speech_at: float = 0.45
    bridge_pause_ms: int = 200
    merge_below: float = 0.3
    min_cluster_windows: int = 12
    min_turn_ms: int = 500
    min_margin: float = 0.05
    min_share: float = 0.7
    max_windows: int = 4_000

    def __post_init__(self) -> None:
        check("speakers", self.speakers, 1, 10)
        check("speech_at", self.speech_at, 0.1, 0.9)
        check("bridge_pause_ms", self.bridge_pause_ms, 0, 1_000)
        check("merge_below", self.merge_below, 0.0, 2.0)
        check("min_cluster_windows", self.min_cluster_windows, 1, 20)
        check("min_turn_ms", self.min_turn_ms, 400, 3_000)
        check("min_margin", self.min_margin, 0.0, 0.5)
        check("min_share", self.min_share, 0.5, 1.0)
        check("max_windows", self.max_windows, 1_000, 20_000)
