from array import array
from collections.abc import Sequence

import pytest

from domain.errors import EngineError
from domain.language import EN, ZH
from domain.ports import TextRole
from kb_retrieval.fusion import Calibration
from kb_retrieval.search import Search
from kb_retrieval.settings import KnowledgeSettings
from kb_retrieval.tokens import Tokeniser
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.knowledge import an_article

BY_WORDS = Calibration(cosine=6.0, coverage=6.0, same_topic=1.0, offset=-6.0)
TOKENISER = Tokeniser()
LAMP = an_article(
    "lamp",
    topic_id="city.roads",
    zh=("路灯不亮", "我们这条路的路灯坏了", "请告诉我们路名。"),
    en=("Street lamp", "The street lamp is broken", "Please tell us the street."),
)
WATER = an_article(
    "water",
    topic_id="city.water_outage",
    zh=("停水", "家里没有自来水", "请先检查阀门。"),
    en=("No water", "There is no water in my flat", "Please check the valve."),
    fr=("Pas d'eau", "Il n'y a pas d'eau", "Vérifiez la vanne."),
)
ARTICLES = (LAMP, WATER)


async def opened(**settings: object) -> Search:
    return await Search.open(
        ARTICLES,
        embedder=FakeEmbedder(),
        settings=KnowledgeSettings(**settings),  # type: ignore[arg-type]
        calibration=BY_WORDS,
        tokeniser=TOKENISER,
    )


async def test_a_question_finds_its_article_and_says_how() -> None:
    search = await opened()

    best, other = await search.search("路灯怎么不亮了")

    assert best.passage.article_id == "lamp"
    assert (best.lexical_rank, best.dense_rank) == (1, 1)
    assert 0 <= other.score < best.score <= 1


async def test_the_passage_is_in_the_agents_language_whatever_the_caller_spoke() -> None:
    search = await opened()

    hits = await search.search("There is no water in my flat", language=EN)

    assert hits[0].passage.language == ZH
    assert hits[0].passage.text == "请先检查阀门。"


async def test_an_english_desk_gets_english_passages() -> None:
    search = await opened(agent_language=EN)

    hits = await search.search("Il n'y a pas d'eau")

    assert hits[0].passage.title == "No water"


async def test_each_article_is_found_once() -> None:
    search = await opened()

    hits = await search.search("no water, pas d'eau, 停水")

    assert len({hit.passage.article_id for hit in hits}) == len(hits)


async def test_the_topic_is_a_hint_and_not_a_filter() -> None:
    search = await opened()

    plain = {h.passage.article_id: h.score for h in await search.search("坏了")}
    hinted = {
        h.passage.article_id: h.score
        for h in await search.search("坏了", topic_id="city.water_outage")
    }

    assert set(hinted) == set(plain)
    assert hinted[WATER.article_id] > plain[WATER.article_id]
    assert hinted[LAMP.article_id] == plain[LAMP.article_id]


async def test_no_more_is_found_than_was_asked_for() -> None:
    search = await opened()

    assert len(await search.search("路灯", limit=1)) == 1


@pytest.mark.parametrize("silence", ["", "  \n"])
async def test_silence_finds_nothing(silence: str) -> None:
    assert await (await opened()).search(silence) == []


async def test_a_question_of_unknown_words_still_gets_an_answer_with_a_low_score() -> None:
    hits = await (await opened()).search("zzz")

    assert all(hit.score < 0.5 for hit in hits)
    assert all(hit.lexical_rank is None for hit in hits)


async def test_of_a_long_answer_the_piece_that_fits_is_shown() -> None:
    filler = "这一句话说的完全是别的事情而且很长很长" * 15 + "。"
    long = an_article(
        "long",
        zh=("供暖", "暖气不热", f"{filler}\n{filler}\n暖气片漏水请先关总阀再打电话。"),
        en=("Heating", "The radiator is cold", "Wait."),
    )
    search = await Search.open(
        (long, LAMP),
        embedder=FakeEmbedder(),
        settings=KnowledgeSettings(),
        calibration=BY_WORDS,
        tokeniser=TOKENISER,
    )

    hits = await search.search("暖气片漏水请先关总阀再打电话")

    assert "关总阀" in hits[0].passage.text


async def test_the_library_places_the_articles_and_the_embedder_the_questions() -> None:
    library, live = FakeEmbedder(), FakeEmbedder()

    search = await Search.open(
        ARTICLES, embedder=live, library=library, settings=KnowledgeSettings(), tokeniser=TOKENISER
    )
    await search.search("路灯坏了")

    assert {role for role, _ in library.texts_seen} == {TextRole.QUERY, TextRole.PASSAGE}
    assert live.texts_seen == [(TextRole.QUERY, "路灯坏了")]


class _LostEmbedder(FakeEmbedder):
    async def embed(self, texts: Sequence[str], *, role: TextRole) -> list["array[float]"]:
        raise EngineError("kb_retrieval.lost", "the embedder is gone", retryable=True)


async def test_a_lost_embedder_is_told() -> None:
    with pytest.raises(EngineError):
        await Search.open(ARTICLES, embedder=_LostEmbedder(), settings=KnowledgeSettings())
