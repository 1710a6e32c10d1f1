"""List the texts an article can be found by: its questions and passages, in every language it has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.ids import ArticleId, PassageId
from domain.knowledge import Passage
from domain.ports import TextRole
from kb_retrieval.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """``passage_id`` is None for a question, which stands for the whole article."""

    text: str
    role: TextRole
    article_id: ArticleId
    passage_id: PassageId | None


def keys_of(article: Article, passages: Iterable[Passage]) -> Iterator[Key]:
    """A caller's question is likest to another question, so those are placed as questions, not as passages."""
    for wording in article.wordings.values():
        for text in dict.fromkeys((wording.title, *wording.questions)):
            yield Key(
                text=text, role=TextRole.QUERY, article_id=article.article_id, passage_id=None
            )
    for passage in passages:
        yield Key(
            text=f"{passage.title}\n{passage.text}",
            role=TextRole.PASSAGE,
            article_id=article.article_id,
            passage_id=passage.passage_id,
        )
