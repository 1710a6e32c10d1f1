"""Build small articles and hits, saying only what a test is about."""

from domain.ids import ArticleId, PassageId
from domain.knowledge import Hit, Passage
from domain.language import EN, ZH, LanguageTag
from kb_retrieval.article import Article, Wording


def an_article(
    article_id: str, *, topic_id: str | None = None, **wordings: tuple[str, str, str]
) -> Article:
    """``wordings`` by language: (title, question, answer with one sentence a line)."""
    return Article(
        article_id=ArticleId(article_id),
        topic_id=topic_id,
        departments={ZH: "责任单位", EN: "Department"},
        version="2026-11-01",
        wordings={
            LanguageTag(language): Wording(
                title=title, questions=(question,), answer=tuple(answer.splitlines())
            )
            for language, (title, question, answer) in wordings.items()
        },
    )


def a_passage(article_id: str = "ss-card-lost", *, topic_id: str | None = None) -> Passage:
    return Passage(
        passage_id=PassageId(f"{article_id}.zh.1"),
        article_id=ArticleId(article_id),
        language=ZH,
        title="标题",
        text="答复",
        department="责任单位",
        version="2026-11-01",
        topic_id=topic_id,
    )


def a_hit(
    article_id: str = "ss-card-lost", *, score: float = 0.95, topic_id: str | None = None
) -> Hit:
    return Hit(
        passage=a_passage(article_id, topic_id=topic_id),
        score=score,
        lexical_rank=1,
        dense_rank=1,
    )
