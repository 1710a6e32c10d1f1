"""Say how recognised text is written and whether known terms may correct it."""

from dataclasses import dataclass, field

from asr.settings.check import check
from spoken_text import Script, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionSettings:
    """When a stretch of Chinese gives way to a known term that sounds like it.

    ``max_distance_per_syllable``: 0 is the same sound, 0.25 a pair that is often confused, 1 nothing alike; averaged
    over the term. ``common_from`` is the dictionary's frequency from which a word is common talk.
    """

    is_on: bool = True
    min_characters: int = 3
    max_distance_per_syllable: float = 0.12
    common_from: int = 200

    def __post_init__(self) -> None:
        check("min_characters", self.min_characters, 2, 12)
        check("max_distance_per_syllable", self.max_distance_per_syllable, 0.0, 0.5)
        check("common_from", self.common_from, 1, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSettings:
    """``script``: zh-hans, zh-tw or zh-hk. ``hotwords_at_most``: terms that recognition is biased with."""

    script: Script = Script.SIMPLIFIED
    writes_figures: bool = True
    ends_sentences: bool = True
    hotwords_at_most: int = 60
    correction: CorrectionSettings = field(default_factory=CorrectionSettings)

    def __post_init__(self) -> None:
        check("hotwords_at_most", self.hotwords_at_most, 0, 500)

    def style(self, *, is_final: bool) -> Style:
        """How a text is written; one that still grows gets no last mark."""
        return Style(
            script=self.script,
            writes_figures=self.writes_figures,
            ends_sentences=self.ends_sentences and is_final,
        )
