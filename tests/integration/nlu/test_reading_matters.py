"""The real embedder reads matters well enough, in every language of the hotline."""

import asyncio
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from domain.events import TranscriptFinalised, UtteranceUnderstood
from models.pool import InferencePool
from models.shelf import Shelf, weights_root
from nlu import NluSettings, UnderstandingService, evaluate, load_examples, load_taxonomy
from nlu.evaluation import Evaluation
from nlu.intents import IntentReader
from nlu.taxonomy import Taxonomy
from nlu.urgency import load_urgency_signs
from tests.fakes.bus import FakeBus
from tests.fakes.understood_talk import Talk

MODEL_ID = "multilingual-e5-small"
WEIGHTS = Shelf(weights_root()).place(MODEL_ID)
SETTINGS = NluSettings()

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(
        not WEIGHTS.is_dir(), reason=f"weights absent; run: hotline models pull {MODEL_ID}"
    ),
]


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy(SETTINGS.taxonomy)


@pytest.fixture(scope="module")
def reader(taxonomy: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IntentReader]:
    from kb_retrieval.engines.sentence_transformer import SentenceTransformerEmbedder
    from nlu.engines.embedding_classifier import EmbeddingClassifier

    pool = InferencePool(name="embed", workers=1)
    embedder = SentenceTransformerEmbedder.load(WEIGHTS, model_id=MODEL_ID, pool=pool)
    examples = load_examples(SETTINGS.examples, taxonomy)
    yield asyncio.run(EmbeddingClassifier.trained(embedder, taxonomy, examples))
    asyncio.run(pool.aclose())


@pytest.fixture(scope="module")
def measured(reader: IntentReader, taxonomy: Taxonomy) -> Evaluation:
    sentences = load_examples(SETTINGS.evaluation, taxonomy)
    return asyncio.run(evaluate(reader, taxonomy, sentences, floor=SETTINGS.confidence_floor))


def test_nine_matters_in_ten_are_read_rightly(measured: Evaluation) -> None:
    assert (measured.top1.value or 0) >= 0.92
    assert (measured.named.value or 0) >= 0.90
    assert (measured.misnamed.value or 0) <= 0.05


def test_no_language_is_left_behind(measured: Evaluation) -> None:
    assert {str(tag) for tag, _ in measured.by_language} == {
        "zh", "en", "fr", "de", "ru", "es", "ar", "ja", "ko",
    }  # fmt: skip
    assert all((share.value or 0) >= 0.75 for _, share in measured.by_language)


def test_nobodys_matter_is_answered_unknown(measured: Evaluation) -> None:
    assert (measured.unknown_out_of_scope.value or 0) >= 0.85
    assert (measured.unknown_small_talk.value or 0) >= 0.95


@pytest.mark.parametrize(
    ("text", "topic_id"),
    [
        ("我那个社保卡 昨天坐车 丢了", "social_security.card_lost"),
        ("老板欠我三个月工资不给", "labour.wages_worker"),
        ("我们是企业 想问怎么给员工发工资", "labour.wages_employer"),
        ("someone stole my passport in Rome", "consular.lost_passport"),
        ("j'ai perdu mon passeport", "consular.lost_passport"),
    ],
)
async def test_it_reads_what_people_call_about(
    reader: IntentReader, text: str, topic_id: str
) -> None:
    (reading,) = await reader.read([text])

    assert reading.topic.topic_id == topic_id
    assert reading.confidence >= SETTINGS.confidence_floor


DIALOGUES = yaml.safe_load(Path(__file__).with_name("dialogues.yaml").read_text(encoding="utf-8"))


async def test_matters_are_followed_through_whole_talks(reader: IntentReader) -> None:
    missed = [miss for turns in DIALOGUES for miss in await misses(reader, turns)]

    assert sum(len(turns) for turns in DIALOGUES) >= 50
    assert len(missed) <= 3, missed


async def misses(reader: IntentReader, turns: list[str]) -> list[str]:
    """The turns whose matter came out otherwise than written, in one call of its own."""
    bus = FakeBus()
    signs = load_urgency_signs(SETTINGS.urgency_signs)
    talk, wrong, standing = Talk(), [], None
    async with asyncio.TaskGroup() as group:
        service = group.create_task(UnderstandingService(bus, reader, signs, SETTINGS).run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for count, turn in enumerate(turns, start=1):
            expected, text = turn.split(" | ", 1)
            await bus.publish(TranscriptFinalised(call_id=talk.call_id, segment=talk.segment(text)))
            heard = (await bus.until(UtteranceUnderstood, count=count))[-1]
            named = None if heard.intent is None else heard.intent.topic_id
            if not _is_as_written(named, expected, standing):
                wrong.append(f"{turn} -> {named}")
            standing = named or standing
        service.cancel()
    return wrong


def _is_as_written(named: str | None, expected: str, standing: str | None) -> bool:
    if expected == "none":
        return named is None
    if expected == "same":
        return named in (None, standing)
    return named is not None and fnmatch(named, expected)
