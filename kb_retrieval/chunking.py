"""Cut articles into passages whose ids stay the same while their words do."""

import hashlib
from collections.abc import Iterator, Sequence

from domain.ids import PassageId
from domain.knowledge import Passage
from domain.language import LanguageTag
from kb_retrieval.article import Article

UNSPACED = (LanguageTag("zh"), LanguageTag("ja"))
LONGEST_CHARS = (
    600  # what an agent can take in at a glance, and well inside an embedder's 512 tokens
)


def passages_of(article: Article) -> tuple[Passage, ...]:
    """Language by language in the article's order; a long answer becomes several passages of whole sentences."""
    return tuple(
        _passage(article, language, text)
        for language, wording in article.wordings.items()
        for text in _pieces(wording.answer, "" if language in UNSPACED else " ")
    )


def _passage(article: Article, language: LanguageTag, text: str) -> Passage:
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return Passage(
        passage_id=PassageId(f"{article.article_id}.{language}.{digest}"),
        article_id=article.article_id,
        language=language,
        title=article.wordings[language].title,
        text=text,
        department=article.department_in(language),
        version=article.version,
        topic_id=article.topic_id,
    )


def _pieces(sentences: Sequence[str], space: str) -> Iterator[str]:
    piece = sentences[0]
    for sentence in sentences[1:]:
        if len(piece) + len(space) + len(sentence) > LONGEST_CHARS:
            yield piece
            piece = sentence
        else:
            piece += space + sentence
    yield piece
