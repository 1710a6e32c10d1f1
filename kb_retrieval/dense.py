"""Rank articles by nearness of meaning (FAISS inner product over unit vectors)."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
import numpy.typing as npt

from domain.ids import ArticleId, PassageId
from domain.ports import Embedder, TextRole
from kb_retrieval.keys import Key

NEAREST_KEYS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseMatch:
    """``cosine`` of the article's nearest key; ``passages`` holds those of its passages that were near."""

    article_id: ArticleId
    cosine: float
    passages: dict[PassageId, float]


class DenseIndex:
    """Every key has a place; an article ranks by its nearest key."""

    def __init__(self, keys: Sequence[Key], vectors: npt.NDArray[np.float32]) -> None:
        """``vectors``: float32 (keys, dimension), unit length."""
        self._keys = tuple(keys)
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def rank(self, vector: "array[float]") -> list[DenseMatch]:
        """Best first; articles none of whose keys is among the nearest are absent."""
        question = np.asarray(vector, dtype=np.float32).reshape(1, -1)
        cosines, places = self._index.search(question, min(NEAREST_KEYS, len(self._keys)))
        best: dict[ArticleId, DenseMatch] = {}
        for cosine, place in zip(cosines[0].tolist(), places[0].tolist(), strict=True):
            key = self._keys[place]
            match = best.setdefault(
                key.article_id,
                DenseMatch(article_id=key.article_id, cosine=cosine, passages={}),
            )
            if key.passage_id is not None:
                match.passages[key.passage_id] = cosine
        return list(best.values())


async def place_keys(keys: Sequence[Key], library: Embedder) -> npt.NDArray[np.float32]:
    """float32 (keys, dimension), one row per key. Raises EngineError."""
    rows = np.empty((len(keys), library.dimension), dtype=np.float32)
    for role in TextRole:
        places = [place for place, key in enumerate(keys) if key.role is role]
        rows[places] = await library.embed([keys[place].text for place in places], role=role)
    return rows
