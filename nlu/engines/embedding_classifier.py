"""Read topics with a linear classifier over sentence vectors, trained at start from the example sentences."""

import asyncio
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from domain.ports import Embedder, TextRole
from nlu.examples import Example
from nlu.intents import Reading
from nlu.taxonomy import Taxonomy

Vectors = NDArray[np.float32]

REGULARISATION = (
    10.0  # 3, 10 and 30 were tried on data/evaluation: within half a point of each other
)
FOLDS = 4
SHARPNESSES = tuple(1.05**step for step in range(-20, 45))  # 0.4 to 8.6


class EmbeddingClassifier:
    """An IntentReader. Immutable once trained; ``sharpness`` turns its scores into honest probabilities."""

    def __init__(
        self,
        embedder: Embedder,
        taxonomy: Taxonomy,
        *,
        model: LogisticRegression,
        centre: Vectors,
        sharpness: float,
    ) -> None:
        self._embedder = embedder
        self._taxonomy = taxonomy
        self._model = model
        self._centre = centre
        self._sharpness = sharpness

    @classmethod
    async def trained(
        cls,
        embedder: Embedder,
        taxonomy: Taxonomy,
        examples: Sequence[Example],
        *,
        library: Embedder | None = None,
    ) -> Self:
        """Under a second when ``library`` has kept the examples' vectors; otherwise as long as placing them takes."""
        texts = [example.text for example in examples]
        placed = await (library or embedder).embed(texts, role=TextRole.QUERY)
        vectors: Vectors = np.asarray(placed, dtype=np.float32)
        centre: Vectors = vectors.mean(axis=0)
        labels = np.array([e.topic_id for e in examples])
        model, sharpness = await asyncio.to_thread(_fit, _centred(vectors, centre), labels)
        return cls(embedder, taxonomy, model=model, centre=centre, sharpness=sharpness)

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order. Raises EngineError when the embedder is lost."""
        rows = await self._embedder.embed(texts, role=TextRole.QUERY)
        vectors = _centred(np.asarray(rows, dtype=np.float32), self._centre)
        scores = _per_topic(self._model.decision_function(vectors))
        odds = _softmax(scores * self._sharpness)
        best = odds.argmax(axis=1)
        return [
            Reading(
                topic=self._taxonomy.topic(str(self._model.classes_[column])),
                confidence=float(odds[row, column]),
            )
            for row, column in enumerate(best)
        ]


def _centred(vectors: Vectors, centre: Vectors) -> Vectors:
    """Take away what all sentences share: these models crowd everything into one corner of the space."""
    moved = vectors - centre
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    centred: Vectors = moved / np.maximum(lengths, 1e-9)
    return centred


def _fit(vectors: Vectors, labels: NDArray[np.str_]) -> tuple[LogisticRegression, float]:
    """The classifier, and how much to sharpen its scores so that held-out confidence equals held-out accuracy.

    On one thread: these matrices are small, and BLAS threads that wait for each other took twenty times as long.
    """
    with threadpool_limits(1):
        return _fitted(vectors, labels)


def _fitted(vectors: Vectors, labels: NDArray[np.str_]) -> tuple[LogisticRegression, float]:
    model = LogisticRegression(C=REGULARISATION, max_iter=300, class_weight="balanced")
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    held_out = _per_topic(
        cross_val_predict(model, vectors, labels, cv=folds, method="decision_function")
    )
    model.fit(vectors, labels)
    truth = np.searchsorted(model.classes_, labels)

    def surprise(sharpness: float) -> float:
        right = _softmax(held_out * sharpness)[np.arange(len(truth)), truth]
        return float(-np.log(right + 1e-12).mean())

    return model, min(SHARPNESSES, key=surprise)


def _per_topic(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """One column a topic; of two topics the library gives a single score, that of the second."""
    return scores if scores.ndim > 1 else np.column_stack((-scores / 2, scores / 2))


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return odds
