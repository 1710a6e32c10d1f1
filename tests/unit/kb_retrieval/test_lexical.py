import pytest

from domain.ids import ArticleId
from kb_retrieval.lexical import LexicalIndex

LAMP, WATER, CARD = ArticleId("lamp"), ArticleId("water"), ArticleId("card")
INDEX = LexicalIndex(
    [
        (LAMP, ["the", "lamp", "in", "the", "road", "is", "dark"]),
        (WATER, ["the", "water", "in", "the", "flat", "is", "gone"]),
        (CARD, ["the", "card", "is", "lost"]),
        (CARD, ["la", "carte", "est", "perdue"]),
    ]
)


def test_the_telling_word_decides() -> None:
    ranked = INDEX.rank(["the", "lamp", "is", "out"])

    assert ranked[0].article_id == LAMP


def test_an_article_ranks_once_by_its_best_language() -> None:
    ranked = INDEX.rank(["la", "carte", "the"])

    assert [match.article_id for match in ranked].count(CARD) == 1
    assert ranked[0].article_id == CARD


def test_coverage_is_the_share_of_the_question_that_was_met() -> None:
    whole = INDEX.rank(["lamp", "dark"])[0]
    half = INDEX.rank(["lamp", "unheard"])[0]

    assert whole.coverage == pytest.approx(1.0)
    assert 0 < half.coverage < 0.5


def test_a_question_that_shares_nothing_finds_nothing() -> None:
    assert INDEX.rank(["unheard"]) == []
    assert INDEX.rank([]) == []


def test_an_empty_base_finds_nothing() -> None:
    assert LexicalIndex([]).rank(["lamp"]) == []
