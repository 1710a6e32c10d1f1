"""Floors lie a few questions under what was measured on 2026-11-21, so that only a real loss trips them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from agent_assist.settings import AssistSettings
from domain.errors import EngineError
from domain.language import EN, HOTLINE_LANGUAGES, ZH
from kb_retrieval.engines.sentence_transformer import SentenceTransformerEmbedder
from kb_retrieval.evaluation import CALIBRATION, HELD_OUT, ask, read_labelled, report
from kb_retrieval.ingest import read_articles
from kb_retrieval.search import Search
from kb_retrieval.settings import KnowledgeSettings
from models.pool import InferencePool
from models.shelf import Shelf, weights_root

MODEL = "multilingual-e5-small"
SETTINGS = AssistSettings()

pytestmark = [pytest.mark.weights, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def weights() -> Path:
    try:
        return Shelf(weights_root()).path(MODEL)
    except EngineError as missing:
        pytest.skip(missing.message)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def search(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Search]:
    pool = InferencePool(name="kb-test", workers=1)
    embedder = SentenceTransformerEmbedder.load(weights, model_id=MODEL, pool=pool)
    settings = KnowledgeSettings()
    articles = read_articles(settings.articles_dir)
    yield await Search.open(articles, embedder=embedder, settings=settings)
    await pool.aclose()


async def test_questions_nothing_was_tuned_on_find_their_article_and_strays_find_silence(
    search: Search,
) -> None:
    outcomes = await ask(search, read_labelled(HELD_OUT))

    found = report(outcomes, SETTINGS.medium_from)
    assert found.overall.recall_at_1 >= 0.88
    assert found.overall.recall_at_5 >= 0.96
    assert found.by_language[ZH].recall_at_1 >= 0.88
    assert found.by_language[EN].recall_at_1 >= 0.82
    assert all(found.by_language[tag].recall_at_5 >= 0.8 for tag in HOTLINE_LANGUAGES)
    assert found.misheard.recall_at_1 >= 0.75
    assert found.precision is not None
    assert found.precision >= 0.89
    assert found.silence >= 0.92
    assert found.shown >= 0.84


async def test_the_bands_still_fit_the_questions_they_were_read_off(
    search: Search,
) -> None:
    outcomes = await ask(search, read_labelled(CALIBRATION))

    medium = report(outcomes, SETTINGS.medium_from)
    high = report(outcomes, SETTINGS.high_from)
    assert medium.precision is not None
    assert medium.precision >= 0.93
    assert medium.silence >= 0.96
    assert high.precision is not None
    assert high.precision >= 0.97
