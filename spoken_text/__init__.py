"""Bring texts between the way people say them and the way they write them."""

from spoken_text.clauses import clauses
from spoken_text.saying import said, spelled
from spoken_text.scoring import for_scoring
from spoken_text.style import Script, Style
from spoken_text.writing import written

__all__ = ["Script", "Style", "clauses", "for_scoring", "said", "spelled", "written"]
