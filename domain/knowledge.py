"""Hold signed-off answers and the passages they are found by."""

from dataclasses import dataclass

from domain.ids import ArticleId, PassageId
from domain.language import LanguageTag


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of one article in one language; its id is stable while its text is.

    ``title`` and ``text`` are in ``language``; ``department`` is who signed the wording off (口径签发单位).
    """

    passage_id: PassageId
    article_id: ArticleId
    language: LanguageTag
    title: str
    text: str
    department: str
    version: str
    topic_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found for a question; ``score`` in [0, 1], comparable within one search configuration."""

    passage: Passage
    score: float
    lexical_rank: int | None
    dense_rank: int | None
