"""Place texts by hashing their words: deterministic, instant, and blind to meaning."""

import hashlib
import math
from array import array
from collections.abc import Iterator, Sequence

from domain.errors import InputError
from domain.ports import TextRole


class FakeEmbedder:
    """An Embedder whose texts are near when they share words or neighbouring characters.

    A query and a passage with the same text get the same vector.
    """

    model_id = "fake-embedder"

    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension
        self.texts_seen: list[tuple[TextRole, str]] = []

    async def embed(self, texts: Sequence[str], *, role: TextRole) -> list["array[float]"]:
        for text in texts:
            if not text.strip():
                raise InputError(
                    "kb_retrieval.empty_text", "expected words to embed, got an empty text"
                )
        self.texts_seen += [(role, text) for text in texts]
        return [self._place(text) for text in texts]

    def _place(self, text: str) -> "array[float]":
        sums = [0.0] * self.dimension
        for piece in _pieces(text.lower()):
            digest = hashlib.sha256(piece.encode()).digest()
            sign = 1.0 if digest[8] & 1 else -1.0
            sums[int.from_bytes(digest[:8], "big") % self.dimension] += sign
        sums[0] += 0.01  # a text whose pieces cancel out still points somewhere
        length = math.sqrt(sum(value * value for value in sums))
        return array("f", (value / length for value in sums))


def _pieces(text: str) -> Iterator[str]:
    """Whole words, and pairs of neighbouring characters for scripts without spaces."""
    yield from text.split()
    dense = "".join(text.split())
    yield from (dense[i : i + 2] for i in range(len(dense) - 1))
