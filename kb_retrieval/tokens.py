"""Cut a text into the pieces that lexical search counts, in whichever script it is written.

Chinese: jieba's words, and pairs of neighbouring characters for words jieba does not know, and pairs of
toneless syllables so that a homophone the recogniser wrote still meets the word that was meant.
Japanese: pairs of characters. Korean: words and pairs, because endings stick to the words. Others: words.
"""

import logging
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import jieba
from pypinyin import Style, lazy_pinyin

from domain.language import LanguageTag

JAPANESE = LanguageTag("ja")
RUN = re.compile(r"[\u3400-\u9fff]+|[\u3040-\u30ff]+|[\uac00-\ud7af]+|[^\W_]+")
KANA = re.compile(r"[\u3040-\u30ff]")
HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
HANGUL = re.compile(r"[\uac00-\ud7af]")
ARABIC = re.compile(r"[\u0600-\u06ff]")
ARABIC_ARTICLE = re.compile(r"^(?:وال|بال|لل|ال)(?=\w{3})")


class Tokeniser:
    """Shared by all searches and read-only once loaded, which takes half a second with ``cache_dir`` and more without."""

    def __init__(self, cache_dir: Path | None = None) -> None:
        jieba.setLogLevel(logging.WARNING)  # it tells stderr about its dictionary otherwise
        self._jieba = jieba.Tokenizer()
        if cache_dir is not None:
            self._jieba.tmp_dir = str(cache_dir)

    def load(self) -> None:
        """Read the dictionary now rather than at the first question. Blocking."""
        self._jieba.initialize()

    def pieces(self, text: str, language: LanguageTag | None) -> list[str]:
        """In reading order, with repetitions. ``language`` None lets the script decide."""
        plain = _plain(text)
        if language == JAPANESE or KANA.search(plain):
            return list(_japanese(plain))
        return [piece for run in _runs(plain) for piece in self._run(run)]

    def _run(self, run: str) -> Iterator[str]:
        if HAN_OR_KANA.fullmatch(run):
            yield from self._chinese(run)
        elif HANGUL.match(run):
            yield run
            yield from _pairs(run)
        elif ARABIC.match(run):
            yield ARABIC_ARTICLE.sub("", run)
        else:
            yield run

    def _chinese(self, run: str) -> Iterator[str]:
        yield from (word for word in self._jieba.cut(run) if len(word) != 2)
        yield from _pairs(run)
        syllables = lazy_pinyin(run, style=Style.NORMAL)
        yield from (f"{first}'{second}" for first, second in pairwise(syllables))


def _runs(text: str) -> list[str]:
    return RUN.findall(text)


def _japanese(text: str) -> Iterator[str]:
    for run in HAN_OR_KANA.findall(text):
        yield from _pairs(run) if len(run) > 1 else (run,)
    yield from (run for run in _runs(text) if not HAN_OR_KANA.match(run))


def _pairs(run: str) -> Iterator[str]:
    yield from (run[i : i + 2] for i in range(len(run) - 1))


def _plain(text: str) -> str:
    """Width, case and accents away: "Código" meets "codigo", Arabic loses its vowel signs."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if HANGUL.search(folded) or KANA.search(folded):
        return folded
    decomposed = unicodedata.normalize("NFD", folded)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
