"""Rank articles by nearness of meaning (FAISS inner product over unit vectors)."""

import asyncio
import logging
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from domain.errors import StorageError
from domain.ids import ArticleId, PassageId
from domain.ports import Embedder, TextRole
from kb_retrieval.keys import Key
from kb_retrieval.vector_cache import VectorCache, digest_of

log = logging.getLogger(__name__)

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


async def place_keys(
    keys: Sequence[Key], embedder: Embedder, cache_dir: Path | None
) -> npt.NDArray[np.float32]:
    """One row per key, taken from the cache where it was placed before. Raises EngineError."""
    digests = [digest_of(embedder.model_id, key.role, key.text) for key in keys]
    cache = None if cache_dir is None else VectorCache(cache_dir, embedder.model_id)
    known = {} if cache is None else await asyncio.to_thread(cache.load)
    missing = {d: k for d, k in zip(digests, keys, strict=True) if d not in known}
    for role in TextRole:
        wanted = {digest: key.text for digest, key in missing.items() if key.role is role}
        placed = await embedder.embed(list(wanted.values()), role=role)
        known.update(zip(wanted, placed, strict=True))
    if missing and cache is not None:
        await _keep(cache, sorted(set(digests)), known)
    return np.array([known[digest] for digest in digests], dtype=np.float32)


async def _keep(
    cache: VectorCache, digests: Sequence[str], vectors: Mapping[str, "array[float]"]
) -> None:
    """A cache that cannot be written costs the next start some seconds, and this one nothing."""
    try:
        await asyncio.to_thread(cache.save, digests, vectors)
    except StorageError as full:
        log.warning("vectors not kept", extra={"code": full.code, "cause": full.message})
