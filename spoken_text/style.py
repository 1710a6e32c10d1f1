"""Choose how recognised text is written."""

from dataclasses import dataclass
from enum import StrEnum


class Script(StrEnum):
    """The Chinese characters to write, by the names the conversion tables have for them."""

    SIMPLIFIED = "zh-hans"
    TAIWAN = "zh-tw"
    HONG_KONG = "zh-hk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """``ends_sentences``: put 。 or ？ behind a Chinese text that has no mark at all and ends in a final particle.

    Switch it off for text that is still growing.
    """

    script: Script = Script.SIMPLIFIED
    writes_figures: bool = True
    ends_sentences: bool = True
