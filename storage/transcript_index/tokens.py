"""Say under which tokens a text is filed: dictionary words, and pairs of characters for what no dictionary knows."""

import logging
from collections.abc import Iterator
from pathlib import Path

import jieba

from storage.transcript_index.runs import Run, Writing, runs


class Segmenter:
    """Chinese words by jieba's dictionary, which takes about a second to load. ``cache_dir`` keeps it loaded faster."""

    def __init__(self, cache_dir: Path | None = None) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        if cache_dir is not None:
            self._jieba.tmp_dir = str(cache_dir)

    def load(self) -> None:
        self._jieba.initialize()

    def words(self, han: str) -> list[str]:
        """The text as words in order."""
        return list(self._jieba.cut(han))

    def all_words(self, han: str) -> list[str]:
        """The same, with the shorter words inside long ones as well."""
        return list(self._jieba.cut_for_search(han))


def word_tokens(text: str, segmenter: Segmenter) -> Iterator[str]:
    """Words: what jieba finds in Chinese, whole runs of everything else."""
    for run in runs(text):
        yield from segmenter.all_words(run.text) if run.writing is Writing.HAN else (run.text,)


def pair_tokens(text: str) -> Iterator[str]:
    """Pairs: 社保卡 is filed as 社保, 保卡, 卡, so that any part of it is a phrase of neighbours."""
    for run in runs(text):
        yield from pairs(run)


def pairs(run: Run, *, goes_on: bool = False) -> Iterator[str]:
    """The pairs of one run, and its last character alone unless the run ``goes_on``."""
    if run.writing is Writing.SPACED:
        yield run.text
        return
    yield from (run.text[at : at + 2] for at in range(len(run.text) - 1))
    if not goes_on:
        yield run.text[-1]
