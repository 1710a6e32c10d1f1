"""Promise what every reader of intents does."""

from collections.abc import Sequence

import pytest

from nlu.intents import IntentReader


class IntentReaderContract:
    """Subclasses bring a ``reader`` and sentences it should know apart, as (text, topic id)."""

    known: Sequence[tuple[str, str]]

    @pytest.fixture
    def reader(self) -> IntentReader:
        raise AssertionError("the subclass brings the reader")

    async def test_readings_come_one_per_text_and_in_order(self, reader: IntentReader) -> None:
        readings = await reader.read([text for text, _ in self.known])

        assert [r.topic.topic_id for r in readings] == [topic for _, topic in self.known]

    async def test_confidence_is_a_probability(self, reader: IntentReader) -> None:
        readings = await reader.read(
            [*(text for text, _ in self.known), "qwerty", "。", "?" * 2000]
        )

        assert all(0.0 <= r.confidence <= 1.0 for r in readings)

    async def test_a_text_reads_the_same_alone_and_in_company(self, reader: IntentReader) -> None:
        texts = [text for text, _ in self.known]

        together = await reader.read(texts)
        alone = [(await reader.read([text]))[0] for text in texts]

        assert [r.topic for r in alone] == [r.topic for r in together]
        assert [r.confidence for r in alone] == pytest.approx(
            [r.confidence for r in together], abs=1e-3
        )
