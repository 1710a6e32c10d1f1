"""Write what a machine heard as people write it."""

import re
from dataclasses import dataclass, field

from asr.settings.text import TextSettings
from domain.language import LanguageTag
from spoken_text import written

CHINESE = frozenset({"zh", "yue"})
# A mobile number has eleven digits: 1, then 3 to 9, then nine more; its last 八 is heard as the particle 吧.
_LAST_EIGHT = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{3})吧")


@dataclass(frozen=True, slots=True)
class Spelling:
    """Callable as the ``write`` of a reader. It needs no dictionary, so that every machine can have its own."""

    settings: TextSettings = field(default_factory=TextSettings)

    def __call__(self, text: str, language: LanguageTag) -> str:
        style = self.settings.style(is_final=True)
        if language not in CHINESE:
            return written(text, language, style)
        plain = written(_with_last_eight(text), language, style)
        return _with_last_eight(plain)  # by now its figures are figures


def _with_last_eight(text: str) -> str:
    return _LAST_EIGHT.sub(r"\g<1>\g<2>\g<3>8", text)
