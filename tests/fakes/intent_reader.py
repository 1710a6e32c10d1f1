"""Read topics by looking for a word, for tests that need meaning without weights."""

from collections.abc import Mapping, Sequence

from domain.errors import EngineError
from nlu.intents import Reading
from nlu.taxonomy import OUT_OF_SCOPE, Taxonomy


class KeywordIntentReader:
    """An IntentReader: the first word that occurs wins, otherwise out of scope and unsure."""

    def __init__(
        self, taxonomy: Taxonomy, words: Mapping[str, str], *, confidence: float = 0.9
    ) -> None:
        self._taxonomy = taxonomy
        self._words = dict(words)
        self._confidence = confidence
        self.lost = False
        self.texts_seen: list[str] = []

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        if self.lost:
            raise EngineError("nlu.fake", "the machine is gone", retryable=True)
        self.texts_seen += texts
        return [self._reading(text) for text in texts]

    def _reading(self, text: str) -> Reading:
        said = text.lower()
        topic_id = next((topic for word, topic in self._words.items() if word in said), None)
        return Reading(
            topic=self._taxonomy.topic(topic_id or OUT_OF_SCOPE),
            confidence=self._confidence if topic_id else 0.3,
        )
