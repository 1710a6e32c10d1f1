"""Say when an opinion about a language is formed, kept and given up."""

from dataclasses import dataclass

from asr.settings.check import check
from domain.language import HOTLINE_LANGUAGES, LanguageTag


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSettings:
    """When an opinion about a leg's language is formed, kept and given up.

    ``decide_at`` is the pooled probability that decides an undecided leg; ``switch_at`` what another language
    must reach to replace a decided one; below ``doubt_at`` a decided one is given up. ``allowed``: nothing else is
    answered, but for Cantonese and Uyghur, which must not pass for Mandarin and Arabic. ``window_at`` decides on one
    window alone, if it has ``window_speech_ms`` of speech. ``stranger_at`` is the share of belief in languages that are neither ours nor their kin from which
    the answer is unknown. ``second_look_below``: a glance less sure than that is followed by a try to write it down
    in the likeliest languages.
    """

    min_speech_ms: int = 1_000
    decide_at: float = 0.65
    switch_at: float = 0.85
    doubt_at: float = 0.25
    memory: float = 0.6
    window_at: float = 0.88
    window_speech_ms: int = 700
    stranger_at: float = 0.9
    second_look_below: float = 0.95
    overwhelming_at: float = 0.95
    overwhelming_speech_ms: int = 1_500
    early_looks_ms: tuple[int, ...] = (1_500, 3_000)
    window_ms: int = 4_000
    allowed: tuple[LanguageTag, ...] = HOTLINE_LANGUAGES

    def __post_init__(self) -> None:
        check("min_speech_ms", self.min_speech_ms, 200, 5_000)
        check("decide_at", self.decide_at, 0.5, 0.99)
        check("switch_at", self.switch_at, self.decide_at, 0.999)
        check("doubt_at", self.doubt_at, 0.0, self.decide_at)
        check("memory", self.memory, 0.0, 0.95)
        check("window_at", self.window_at, 0.3, 0.99)
        check("window_speech_ms", self.window_speech_ms, 200, 5_000)
        check("stranger_at", self.stranger_at, 0.3, 1.0)
        check("second_look_below", self.second_look_below, 0.0, 1.0)
        check("overwhelming_at", self.overwhelming_at, 0.5, 1.0)
        check("overwhelming_speech_ms", self.overwhelming_speech_ms, 500, 10_000)
        check("window_ms", self.window_ms, 2_000, 30_000)
        check("how many languages are allowed", len(self.allowed), 1, 99)
