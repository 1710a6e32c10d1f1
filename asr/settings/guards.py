"""Say when a reading is not believed."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """When a reading is read again with more care, and when it is not believed at all.

    Log probabilities are means over the tokens: below ``min`` an utterance is read again, below ``hopeless`` it is
    dropped, below ``shaky`` it is dropped if it is one of the sentences that machines like to invent.
    """

    max_compression: float = 2.2
    min_log_probability: float = -1.0
    hopeless_log_probability: float = -1.5
    shaky_log_probability: float = -0.8
    no_speech_at: float = 0.6
    max_repeats: int = 6

    def __post_init__(self) -> None:
        check("max_compression", self.max_compression, 1.2, 10.0)
        check("min_log_probability", self.min_log_probability, -3.0, 0.0)
        check(
            "hopeless_log_probability",
            self.hopeless_log_probability,
            -5.0,
            self.min_log_probability,
        )
        check("shaky_log_probability", self.shaky_log_probability, self.min_log_probability, 0.0)
        check("no_speech_at", self.no_speech_at, 0.1, 1.0)
        check("max_repeats", self.max_repeats, 2, 50)
