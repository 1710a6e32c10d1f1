"""Rank articles by the words they share with a question (BM25).

Our own sixty lines: the libraries for it are either unkept or bring a compiler, and none says how much of
the question was met, which is what the calibration needs.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.ids import ArticleId

K1 = 1.2
B = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalMatch:
    """``coverage`` in [0, 1]: how much of the question's weight of words the article contains."""

    article_id: ArticleId
    score: float
    coverage: float


class LexicalIndex:
    """A document is one article in one language; an article ranks by its best document."""

    def __init__(self, documents: Iterable[tuple[ArticleId, Sequence[str]]]) -> None:
        self._articles: list[ArticleId] = []
        self._lengths: list[int] = []
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, (article_id, pieces) in enumerate(documents):
            self._articles.append(article_id)
            self._lengths.append(len(pieces))
            for piece, times in Counter(pieces).items():
                self._postings[piece].append((number, times))
        self._mean_length = sum(self._lengths) / max(1, len(self._lengths)) or 1.0

    def rank(self, pieces: Sequence[str]) -> list[LexicalMatch]:
        """Best first; articles that share nothing are absent."""
        weights = {piece: self._weight(piece) for piece in dict.fromkeys(pieces)}
        scores: defaultdict[int, float] = defaultdict(float)
        met: defaultdict[int, float] = defaultdict(float)
        for piece, weight in weights.items():
            for number, times in self._postings.get(piece, ()):
                scores[number] += weight * self._saturated(times, self._lengths[number])
                met[number] += weight
        return self._best_per_article(scores, met, sum(weights.values()))

    def _weight(self, piece: str) -> float:
        """How telling a piece is; one that no document has is the most telling, and is never met."""
        count = len(self._postings.get(piece, ()))
        return math.log(1 + (len(self._articles) - count + 0.5) / (count + 0.5))

    def _saturated(self, times: int, length: int) -> float:
        return times * (K1 + 1) / (times + K1 * (1 - B + B * length / self._mean_length))

    def _best_per_article(
        self, scores: dict[int, float], met: dict[int, float], total: float
    ) -> list[LexicalMatch]:
        best: dict[ArticleId, LexicalMatch] = {}
        for number in sorted(scores, key=lambda number: (-scores[number], number)):
            article_id = self._articles[number]
            if article_id not in best:
                best[article_id] = LexicalMatch(
                    article_id=article_id,
                    score=scores[number],
                    coverage=met[number] / total if total else 0.0,
                )
        return list(best.values())
