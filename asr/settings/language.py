"""Say when an opinion about a language is formed, kept and given up."""

from dataclasses import dataclass

from asr.settings.check import check
from domain.language import HOTLINE_LANGUAGES, LanguageTag


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSettings:
    """When an opinion about a leg's language is formed, kept and given up.

    ``decide_at`` is the pooled probability that decides an undecided leg; ``switch_at`` what another language
    must reach to replace a decided one; below ``doubt_at`` a decided one is given up. ``allowed``: nothing else is
    answered, but for Cantonese and Uyghur, which must not pass for Mandarin and Arabic. ``stranger_at`` is the
    share of belief in languages that are neither ours nor their kin from which the answer is unknown.
    ``second_look_below``: a glance less sure than that is followed by a try to write it down in the likeliest
    languages.
    """

    min_speech_ms: int = 1_000
    # Measured on 627 telephone windows of 2 to 3 s, each the first that a leg hears: 0.65 errs in 2.1 % of what it
    # decides, 0.75 in 1.6 %, 0.80 in 1.4 %, 0.86 in 0.9 %, and leaves 7, 9, 10 and 14 % open. With a second window
    # 0.86 errs in 0.4 % and leaves 3 % open. Chosen on half of the recordings it errs in 1.2 % on the rest.
    decide_at: float = 0.86
    switch_at: float = 0.9
    doubt_at: float = 0.25
    memory: float = 0.6
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
        check("stranger_at", self.stranger_at, 0.3, 1.0)
        check("second_look_below", self.second_look_below, 0.0, 1.0)
        check("overwhelming_at", self.overwhelming_at, 0.5, 1.0)
        check("overwhelming_speech_ms", self.overwhelming_speech_ms, 500, 10_000)
        check("window_ms", self.window_ms, 2_000, 30_000)
        check("how many languages are allowed", len(self.allowed), 1, 99)
