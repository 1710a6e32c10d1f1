"""Hold what has been shown of one open utterance, and when more is due."""

from dataclasses import dataclass, field

from asr.settings import LanguageSettings, PartialSettings
from asr.stabiliser import StableText
from domain.ids import SegmentId


@dataclass(slots=True, kw_only=True)
class OpenUtterance:
    """The utterance being spoken. ``sketched_at_ms`` and ``looks_taken`` count speech, not time."""

    segment_id: SegmentId
    onset_sample: int
    stable: StableText = field(default_factory=StableText)
    revision: int = 0
    first_partial_ms: int | None = None
    sketched_at_ms: int = 0
    looks_taken: int = 0

    def is_sketch_due(self, speech_ms: int, settings: PartialSettings) -> bool:
        wait_ms = max(settings.every_ms, settings.share * speech_ms)
        return speech_ms - self.sketched_at_ms >= wait_ms

    def is_look_due(self, speech_ms: int, settings: LanguageSettings) -> bool:
        looks = settings.early_looks_ms
        return self.looks_taken < len(looks) and speech_ms >= looks[self.looks_taken]
