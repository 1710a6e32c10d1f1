"""Run multilingual-e5-small behind the Embedder socket."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import EngineError
from domain.ports import Embedder
from models.pool import InferencePool
from models.shelf import Shelf, weights_root
from tests.contract.embedder import MeaningContract

MODEL_ID = "multilingual-e5-small"
WEIGHTS = Shelf(weights_root()).place(MODEL_ID)

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(
        not WEIGHTS.is_dir(), reason=f"weights absent; run: hotline models pull {MODEL_ID}"
    ),
]


@pytest.fixture(scope="module")
def pool() -> Iterator[InferencePool]:
    pool = InferencePool(name="embed", workers=2, depth=8)
    yield pool
    asyncio.run(pool.aclose())


@pytest.fixture(scope="module")
def loaded(pool: InferencePool) -> Embedder:
    from kb_retrieval.engines.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder.load(WEIGHTS, model_id=MODEL_ID, pool=pool, batch_size=5)


class TestSentenceTransformerEmbedder(MeaningContract):
    @pytest.fixture
    def embedder(self, loaded: Embedder) -> Embedder:
        return loaded


def test_a_folder_without_a_model_is_named_with_what_to_do(
    pool: InferencePool, tmp_path: Path
) -> None:
    from kb_retrieval.engines.sentence_transformer import SentenceTransformerEmbedder

    with pytest.raises(EngineError, match="hotline models verify e5") as refused:
        SentenceTransformerEmbedder.load(tmp_path, model_id="e5", pool=pool)

    assert refused.value.code == "kb_retrieval.embedder"
