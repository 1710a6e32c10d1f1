"""Hold the values recognition is tuned by, each checked against its allowed range."""

from dataclasses import dataclass, field

from asr.settings.check import check
from asr.settings.diarization import DiarizationSettings
from asr.settings.endpointing import EndpointingSettings
from asr.settings.engines import EngineName, EngineSettings, RemoteSettings
from asr.settings.guards import GuardSettings
from asr.settings.language import LanguageSettings
from asr.settings.partials import PartialSettings
from asr.settings.passages import PassageSettings
from asr.settings.text import CorrectionSettings, TextSettings
from asr.settings.whisper import WhisperSettings
from asr.settings.workshop import WorkshopSettings

__all__ = [
    "AsrSettings",
    "CorrectionSettings",
    "DiarizationSettings",
    "EndpointingSettings",
    "EngineName",
    "EngineSettings",
    "GuardSettings",
    "LanguageSettings",
    "PartialSettings",
    "PassageSettings",
    "RemoteSettings",
    "TextSettings",
    "WhisperSettings",
    "WorkshopSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsrSettings:
    """Everything the room is tuned by. ``bridge_gap_ms``: a shorter hole does not end an utterance."""

    bridge_gap_ms: int = 200
    engine: EngineSettings = field(default_factory=EngineSettings)
    endpointing: EndpointingSettings = field(default_factory=EndpointingSettings)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    partials: PartialSettings = field(default_factory=PartialSettings)
    passages: PassageSettings = field(default_factory=PassageSettings)
    guards: GuardSettings = field(default_factory=GuardSettings)
    text: TextSettings = field(default_factory=TextSettings)
    whisper: WhisperSettings = field(default_factory=WhisperSettings)
    workshop: WorkshopSettings = field(default_factory=WorkshopSettings)
    diarization: DiarizationSettings = field(default_factory=DiarizationSettings)

    def __post_init__(self) -> None:
        check("bridge_gap_ms", self.bridge_gap_ms, 0, 1_000)
