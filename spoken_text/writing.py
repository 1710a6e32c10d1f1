"""Write recognised text as people of its language write it."""

import re
import unicodedata

from domain.language import LanguageTag
from spoken_text.script import in_script, simplified
from spoken_text.style import Style
from spoken_text.western import write_western
from spoken_text.zh_marks import HAN, close_up, end_sentence, even_width
from spoken_text.zh_writing import write_numbers

CHINESE = frozenset({"zh", "yue"})
_JAPANESE_SPACE = re.compile(rf"(?<=[{HAN}\u3040-\u30ff、。]) +(?=[{HAN}\u3040-\u30ff、。])")


def written(text: str, language: LanguageTag | None, style: Style | None = None) -> str:
    """The text in the spelling people use; ``language`` None or one without rules only has its spaces evened out.

    Applying it twice changes nothing more, and no word is added or lost: spoken numbers become figures where people
    write figures, and only marks, spaces, capitals and the script of Chinese change besides.
    """
    style = style or Style()
    if language in CHINESE:
        return _chinese(text, style)
    if language == "ja":
        even = " ".join(unicodedata.normalize("NFC", text).split())
        return _JAPANESE_SPACE.sub("", even)
    return write_western(text, language or LanguageTag("und"), writes_figures=style.writes_figures)


def _chinese(text: str, style: Style) -> str:
    plain = simplified(unicodedata.normalize("NFC", text))
    plain = close_up(even_width(plain))
    if style.writes_figures:
        plain = close_up(even_width(write_numbers(plain)))
    if style.ends_sentences:
        plain = end_sentence(plain)
    return in_script(plain, style.script)
