"""Say when speech begins and ends."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointingSettings:
    """When speech begins and ends.

    ``speech_at`` and ``silence_at`` are the detector's probabilities; between them the state stays as it was.
    ``end_silence_ms`` is waited after somebody of whom nothing is known; what is known moves it between
    ``end_silence_min_ms`` and ``end_silence_max_ms``. An utterance longer than ``phrase_ms`` is read in phrases, cut
    where somebody paused for ``phrase_pause_ms``. From two thirds of ``max_utterance_ms`` on ever shorter pauses end it;
    at ``max_utterance_ms`` it is cut wherever it is quietest.
    """

    speech_at: float = 0.5
    silence_at: float = 0.35
    min_speech_ms: int = 128
    end_silence_ms: int = 520
    end_silence_min_ms: int = 320
    end_silence_max_ms: int = 900
    pre_roll_ms: int = 320
    post_roll_ms: int = 200
    phrase_ms: int = 7_000
    phrase_pause_ms: int = 400
    max_utterance_ms: int = 15_000

    def __post_init__(self) -> None:
        check("speech_at", self.speech_at, 0.05, 0.95)
        check("silence_at", self.silence_at, 0.01, self.speech_at)
        check("min_speech_ms", self.min_speech_ms, 32, 1_000)
        check("end_silence_ms", self.end_silence_ms, 200, 3_000)
        check("end_silence_min_ms", self.end_silence_min_ms, 200, self.end_silence_ms)
        check("end_silence_max_ms", self.end_silence_max_ms, self.end_silence_ms, 5_000)
        check("pre_roll_ms", self.pre_roll_ms, 0, 1_000)
        check("post_roll_ms", self.post_roll_ms, 0, self.end_silence_min_ms)
        check("max_utterance_ms", self.max_utterance_ms, 4_000, 28_000)
        check("phrase_ms", self.phrase_ms, 3_000, 28_000)
        check("phrase_pause_ms", self.phrase_pause_ms, 100, 2_000)
