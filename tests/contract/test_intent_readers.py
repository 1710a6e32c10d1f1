"""The classifier and the keyword fake keep the same promise."""

import asyncio

import pytest

from domain.language import EN
from nlu import NluSettings, load_taxonomy
from nlu.engines.embedding_classifier import EmbeddingClassifier
from nlu.examples import Example
from nlu.intents import IntentReader
from tests.contract.intent_reader import IntentReaderContract
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.intent_reader import KeywordIntentReader

KNOWN = [("my neighbour is loud", "city.noise"), ("no water in the tap", "city.water_outage")]


class TestKeywordIntentReader(IntentReaderContract):
    known = KNOWN

    @pytest.fixture
    def reader(self) -> IntentReader:
        taxonomy = load_taxonomy(NluSettings().taxonomy)
        return KeywordIntentReader(taxonomy, {"loud": KNOWN[0][1], "water": KNOWN[1][1]})


class TestEmbeddingClassifier(IntentReaderContract):
    known = KNOWN

    @pytest.fixture
    def reader(self) -> IntentReader:
        taxonomy = load_taxonomy(NluSettings().taxonomy)
        examples = [
            Example(text=f"{text} {n}", topic_id=topic, language=EN)
            for text, topic in KNOWN
            for n in range(8)
        ]
        trained = EmbeddingClassifier.trained(FakeEmbedder(), taxonomy, examples)
        reader: IntentReader = asyncio.run(trained)
        return reader
