"""Load the dictionary of Chinese words once for all that cut text in this room."""

import logging
from functools import cache
from pathlib import Path

import jieba


@cache
def dictionary(cache_dir: Path | None = None) -> jieba.Tokenizer:
    """Blocking: a second, half of it with a ``cache_dir`` that is writable. Read-only once loaded."""
    jieba.setLogLevel(logging.WARNING)  # it tells stderr about its dictionary otherwise
    words = jieba.Tokenizer()
    if cache_dir is not None:
        words.tmp_dir = str(cache_dir)
    words.initialize()
    return words


def frequency(word: str, words: jieba.Tokenizer) -> int:
    """How often the corpus of the dictionary has it; 0 when it is no word."""
    return int(words.FREQ.get(word) or 0)
