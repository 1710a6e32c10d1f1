"""Hold the settings of understanding."""

from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True, kw_only=True)
class NluSettings:
    """``confidence_floor`` was chosen on `data/evaluation` (2026-11-21): below it the honest answer is "unknown".

    Between ``plausible_floor`` and ``confidence_floor`` a matter is too unsure to be named, yet sure enough to be
    looked up. Small talk is left alone from ``idle_floor`` on. A matter is read from the caller's last ``window_utterances`` within ``window_ms``.
    ``utc_offset_minutes`` says which day "today" is for the callers of this hotline.
    """

    taxonomy: Path = DATA / "taxonomy.yaml"
    examples: Path = DATA / "examples"
    evaluation: Path = DATA / "evaluation"
    urgency_signs: Path = DATA / "urgency.yaml"
    confidence_floor: float = 0.6
    plausible_floor: float = 0.4
    idle_floor: float = 0.8
    window_utterances: int = 3
    window_ms: int = 30_000
    remembered_calls: int = 4_000
    utc_offset_minutes: int = 480
