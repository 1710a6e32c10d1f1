"""Say when speech begins and ends."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointingSettings:
    """When speech begins and ends.

    ``speech_at`` and ``silence_at`` are the detector's probabilities; between them the state stays as it was.
    """

    speech_at: float = 0.5
    silence_at: float = 0.35
    min_speech_ms: int = 160
    end_silence_ms: int = 600
    pre_roll_ms: int = 320
    post_roll_ms: int = 200
    max_utterance_ms: int = 15_000

    def __post_init__(self) -> None:
        check("speech_at", self.speech_at, 0.05, 0.95)
        check("silence_at", self.silence_at, 0.01, self.speech_at)
        check("min_speech_ms", self.min_speech_ms, 32, 1_000)
        check("end_silence_ms", self.end_silence_ms, 200, 3_000)
        check("pre_roll_ms", self.pre_roll_ms, 0, 1_000)
        check("post_roll_ms", self.post_roll_ms, 0, self.end_silence_ms)
        check("max_utterance_ms", self.max_utterance_ms, 4_000, 28_000)
