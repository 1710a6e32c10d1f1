"""The classifier learns the examples, remembers their vectors, and is measured honestly."""

from pathlib import Path

import pytest

from domain.language import EN, ZH
from domain.ports import TextRole
from nlu import evaluate, load_taxonomy
from nlu.engines.embedding_classifier import EmbeddingClassifier
from nlu.examples import Example
from nlu.settings import NluSettings
from nlu.taxonomy import OUT_OF_SCOPE, Taxonomy
from tests.fakes.embedder import FakeEmbedder

NOISE, WATER = "city.noise", "city.water_outage"


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy(NluSettings().taxonomy)


def example(text: str, topic_id: str) -> Example:
    return Example(text=text, topic_id=topic_id, language=EN if text.isascii() else ZH)


def damage_the_only_file(folder: Path) -> None:
    (kept,) = folder.glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:100])


EXAMPLES = [
    *(example(f"the neighbour is loud at night {n}", NOISE) for n in range(8)),
    *(example(f"there is no water in the tap {n}", WATER) for n in range(8)),
    *(example(f"please tell me a joke {n}", OUT_OF_SCOPE) for n in range(8)),
]


async def test_it_reads_what_it_was_taught(taxonomy: Taxonomy) -> None:
    reader = await EmbeddingClassifier.trained(FakeEmbedder(), taxonomy, EXAMPLES, cache_dir=None)

    loud, dry = await reader.read(["my neighbour is so loud", "no water in my tap"])

    assert (loud.topic.topic_id, dry.topic.topic_id) == (NOISE, WATER)
    assert 0.5 < loud.confidence <= 1.0


async def test_a_second_start_computes_no_vector_again(taxonomy: Taxonomy, tmp_path: Path) -> None:
    await EmbeddingClassifier.trained(FakeEmbedder(), taxonomy, EXAMPLES, cache_dir=tmp_path)
    second = FakeEmbedder()

    reader = await EmbeddingClassifier.trained(second, taxonomy, EXAMPLES, cache_dir=tmp_path)

    assert second.texts_seen == []
    assert (await reader.read(["no water"]))[0].topic.topic_id == WATER
    assert second.texts_seen == [(TextRole.QUERY, "no water")]


async def test_other_examples_or_another_model_are_computed_anew(
    taxonomy: Taxonomy, tmp_path: Path
) -> None:
    await EmbeddingClassifier.trained(FakeEmbedder(), taxonomy, EXAMPLES, cache_dir=tmp_path)
    more, other_model = FakeEmbedder(), FakeEmbedder(dimension=32)

    changed = [*EXAMPLES, example("loud loud loud", NOISE)]
    await EmbeddingClassifier.trained(more, taxonomy, changed, cache_dir=tmp_path)
    await EmbeddingClassifier.trained(other_model, taxonomy, EXAMPLES, cache_dir=tmp_path)

    assert more.texts_seen
    assert other_model.texts_seen


async def test_a_damaged_cache_is_only_a_slow_start(taxonomy: Taxonomy, tmp_path: Path) -> None:
    await EmbeddingClassifier.trained(FakeEmbedder(), taxonomy, EXAMPLES, cache_dir=tmp_path)
    damage_the_only_file(tmp_path)
    embedder = FakeEmbedder()

    await EmbeddingClassifier.trained(embedder, taxonomy, EXAMPLES, cache_dir=tmp_path)

    assert len(embedder.texts_seen) == len(EXAMPLES)


async def test_a_cache_that_cannot_be_written_does_not_stop_the_start(
    taxonomy: Taxonomy, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    reader = await EmbeddingClassifier.trained(
        FakeEmbedder(), taxonomy, EXAMPLES, cache_dir=tmp_path / "file"
    )

    assert (await reader.read(["no water"]))[0].topic.topic_id == WATER


async def test_the_measure_counts_right_wrong_and_unknown(taxonomy: Taxonomy) -> None:
    reader = await EmbeddingClassifier.trained(FakeEmbedder(), taxonomy, EXAMPLES, cache_dir=None)
    sentences = [
        example("the loud neighbour", NOISE),
        example("no water in the tap", NOISE),  # labelled wrongly on purpose
        example("tell me a joke", OUT_OF_SCOPE),
    ]

    measured = await evaluate(reader, taxonomy, sentences, floor=0.5)

    assert (measured.top1.right, measured.top1.total) == (1, 2)
    assert [m.text for m in measured.mistakes] == ["no water in the tap"]
    assert measured.by_language == ((EN, measured.top1),)
    assert measured.unknown_out_of_scope.value == 1.0
    assert measured.unknown_small_talk.value is None
