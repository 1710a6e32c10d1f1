"""Say when a reading is not believed."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """When a reading is read again with more care, and when it is not believed at all.

    Log probabilities are means over the tokens: below ``second_look`` an utterance is read again, below ``hopeless`` it
    is dropped, below ``min`` it is dropped where the machine hears no speech either, below ``shaky`` it is dropped if
    it is one of the sentences that machines like to invent; below ``sketch`` an unfinished reading is not shown.
    When more than ``sparse_after_ms`` was spoken and fewer letters a second were written than ``min_wide_per_s``
    (Chinese, Japanese, Korean) or ``min_narrow_per_s``, words were lost, and it is read again.
    """

    max_compression: float = 2.2
    min_log_probability: float = -1.0
    second_look_log_probability: float = -1.0
    hopeless_log_probability: float = -1.5
    shaky_log_probability: float = -0.8
    sketch_log_probability: float = -1.2
    no_speech_at: float = 0.6
    max_repeats: int = 6
    sparse_after_ms: int = 2_000
    min_wide_per_s: float = 1.5
    min_narrow_per_s: float = 4.0

    def __post_init__(self) -> None:
        check("max_compression", self.max_compression, 1.2, 10.0)
        check("min_log_probability", self.min_log_probability, -3.0, 0.0)
        check(
            "hopeless_log_probability",
            self.hopeless_log_probability,
            -5.0,
            self.min_log_probability,
        )
        check("second_look_log_probability", self.second_look_log_probability, -5.0, 0.0)
        check("shaky_log_probability", self.shaky_log_probability, self.min_log_probability, 0.0)
        check("sketch_log_probability", self.sketch_log_probability, -5.0, 0.0)
        check("no_speech_at", self.no_speech_at, 0.1, 1.0)
        check("max_repeats", self.max_repeats, 2, 50)
        check("sparse_after_ms", self.sparse_after_ms, 500, 60_000)
        check("min_wide_per_s", self.min_wide_per_s, 0.01, 5.0)
        check("min_narrow_per_s", self.min_narrow_per_s, 0.01, 10.0)
