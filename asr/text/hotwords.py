"""Choose the terms worth biasing recognition with from the titles of what people ask about."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from asr.text.dictionary import dictionary, frequency

_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9-]+")
_LENGTHS = range(2, 9)  # characters of a term; longer ones are sentences
_LATIN_LENGTHS = range(2, 20)
_RARE_BELOW = 2_000  # of a word in the dictionary's corpus: common words are heard without help


def hotwords_from(titles: Sequence[str], limit: int) -> tuple[str, ...]:
    """At most ``limit`` terms, those of most titles first, longer before shorter.

    A title that is short and has no filling word is a term as a whole; besides come words that are long or rare in
    general text. Blocking: the dictionary is loaded at first use.
    """
    counts: Counter[str] = Counter()
    for title in titles:
        counts.update(set(_terms(title)))
    ranked = sorted(counts, key=lambda term: (-counts[term], -len(term), term))
    return tuple(ranked[:limit])


def _terms(title: str) -> Iterator[str]:
    for run in _HAN.findall(title):
        words = list(dictionary().cut(run, HMM=False))
        known = [word for word in words if word not in _stop_words()]
        if len(known) == len(words) and len(run) in _LENGTHS and len(run) > 2:
            yield run
        yield from (word for word in known if _is_telling(word))
    yield from (word for word in _LATIN.findall(title) if len(word) in _LATIN_LENGTHS)


def _is_telling(word: str) -> bool:
    if len(word) not in _LENGTHS:
        return False
    return len(word) > 2 or frequency(word, dictionary()) < _RARE_BELOW


@cache
def _stop_words() -> frozenset[str]:
    lines = files("asr.text").joinpath("stop_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
