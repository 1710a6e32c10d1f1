"""Hold the values recognition is tuned by, each checked against its allowed range."""

from dataclasses import dataclass, field

from asr.settings.check import check
from asr.settings.endpointing import EndpointingSettings
from asr.settings.guards import GuardSettings
from asr.settings.language import LanguageSettings
from asr.settings.partials import PartialSettings
from asr.settings.whisper import WhisperSettings

__all__ = [
    "AsrSettings",
    "EndpointingSettings",
    "GuardSettings",
    "LanguageSettings",
    "PartialSettings",
    "WhisperSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsrSettings:
    """Everything the room is tuned by. ``bridge_gap_ms``: a shorter hole does not end an utterance."""

    bridge_gap_ms: int = 200
    endpointing: EndpointingSettings = field(default_factory=EndpointingSettings)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    partials: PartialSettings = field(default_factory=PartialSettings)
    guards: GuardSettings = field(default_factory=GuardSettings)
    whisper: WhisperSettings = field(default_factory=WhisperSettings)

    def __post_init__(self) -> None:
        check("bridge_gap_ms", self.bridge_gap_ms, 0, 1_000)
