"""Load the dictionary of Chinese words once for all that cut text in this room."""

import logging
from functools import cache
from pathlib import Path

import jieba


def dictionary(cache_dir: Path | None = None) -> jieba.Tokenizer:
    """Blocking at first use: a second, half of it with a ``cache_dir`` that is writable. Read-only once loaded.

    There is one, whoever asks first: it takes 65 MB.
    """
    words = _dictionary()
    if not words.initialized:
        if cache_dir is not None:
            words.tmp_dir = str(cache_dir)
        words.initialize()
    return words


def frequency(word: str, words: jieba.Tokenizer) -> int:
    """How often the corpus of the dictionary has it; 0 when it is no word."""
    return int(words.FREQ.get(word) or 0)


@cache
def _dictionary() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)  # it tells stderr about its dictionary otherwise
    return jieba.Tokenizer()
