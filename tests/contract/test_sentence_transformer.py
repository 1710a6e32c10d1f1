"""Run multilingual-e5-small behind the Embedder socket."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import EngineError
from domain.ports import Embedder, TextRole
from models.pool import InferencePool
from models.shelf import Shelf, weights_root
from tests.contract.embedder import MeaningContract

MODEL_ID = "multilingual-e5-small"
WEIGHTS = Shelf(weights_root()).place(MODEL_ID)
MAPS = Path("/proc/self/maps")

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(
        not WEIGHTS.is_dir(), reason=f"weights absent; run: hotline models pull {MODEL_ID}"
    ),
]


@pytest.fixture(scope="module")
def pool() -> Iterator[InferencePool]:
    pool = InferencePool(name="embed", workers=2)
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


SAID = (
    "路灯坏了，请尽快派人来修。",
    "街燈壞咗，麻煩快啲嚟整。",
    "The street light outside my house has been broken for a week.",
    "Il y a un nid-de-poule dangereux devant l'école.",
    "Hay basura acumulada en la esquina desde hace tres días.",
    "Es riecht seit gestern nach Gas im Treppenhaus.",
    "道路の信号機が故障しています。",
    "가로등이 고장났어요. 빨리 고쳐 주세요.",
    "كوچا چىرىغى بۇزۇلۇپ قالدى.",
    "路灯坏了 the lamp is broken 🚒 ".strip() * 200,  # longer than the model reads
)


async def test_the_vectors_are_those_of_a_model_read_as_float32(
    loaded: Embedder,
) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(
        str(WEIGHTS),
        device="cpu",
        local_files_only=True,
        model_kwargs={"dtype": torch.float32, "add_pooling_layer": False},
    ).eval()

    for text in SAID:
        (vector,) = await loaded.embed([text], role=TextRole.QUERY)
        expected = plain.encode(f"query: {text}", normalize_embeddings=True)
        assert list(vector) == pytest.approx(expected.tolist(), abs=1e-6)


@pytest.mark.skipif(not MAPS.exists(), reason="this system does not say what it has mapped")
@pytest.mark.usefixtures("loaded")
def test_the_word_table_stays_in_its_file() -> None:
    assert str(WEIGHTS / "model.safetensors") in MAPS.read_text(encoding="utf-8")


def test_a_folder_without_a_model_is_named_with_what_to_do(
    pool: InferencePool, tmp_path: Path
) -> None:
    from kb_retrieval.engines.sentence_transformer import SentenceTransformerEmbedder

    with pytest.raises(EngineError, match="hotline models verify e5") as refused:
        SentenceTransformerEmbedder.load(tmp_path, model_id="e5", pool=pool)

    assert refused.value.code == "kb_retrieval.embedder"
