"""The classifier learns the examples, remembers their vectors, and is measured honestly."""

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


EXAMPLES = [
    *(example(f"the neighbour is loud at night {n}", NOISE) for n in range(8)),
    *(example(f"there is no water in the tap {n}", WATER) for n in range(8)),
    *(example(f"please tell me a joke {n}", OUT_OF_SCOPE) for n in range(8)),
]


async def test_it_reads_what_it_was_taught(taxonomy: Taxonomy) -> None:
    reader = await EmbeddingClassifier.trained(FakeEmbedder(), taxonomy, EXAMPLES)

    loud, dry = await reader.read(["my neighbour is so loud", "no water in my tap"])

    assert (loud.topic.topic_id, dry.topic.topic_id) == (NOISE, WATER)
    assert 0.5 < loud.confidence <= 1.0


async def test_the_library_places_the_examples_and_the_embedder_the_callers_words(
    taxonomy: Taxonomy,
) -> None:
    library, live = FakeEmbedder(), FakeEmbedder()

    reader = await EmbeddingClassifier.trained(live, taxonomy, EXAMPLES, library=library)
    await reader.read(["no water"])

    assert len(library.texts_seen) == len(EXAMPLES)
    assert live.texts_seen == [(TextRole.QUERY, "no water")]


async def test_the_measure_counts_right_wrong_and_unknown(taxonomy: Taxonomy) -> None:
    reader = await EmbeddingClassifier.trained(FakeEmbedder(), taxonomy, EXAMPLES)
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
