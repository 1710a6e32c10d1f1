"""Put known terms where the recogniser wrote something that sounds like them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asr.settings.text import CorrectionSettings
from asr.text.dictionary import dictionary, frequency
from asr.text.syllables import Syllable, distance, readings_of, syllables_of

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Change:
    """``was`` stood where ``start`` to ``end`` of the corrected text now lie."""

    start: int
    end: int
    was: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """The text after correction, and what was changed in it, in order."""

    text: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    text: str
    sounds: tuple[Syllable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    start: int
    term: _Term
    distance: float

    @property
    def end(self) -> int:
        return self.start + len(self.term.text)

    def changes(self, run: str) -> bool:
        return run[self.start : self.end] != self.term.text

    def rank(self, run: str) -> tuple[bool, float, int, int]:
        """What was really said first, then the nearest, then the longest."""
        return (self.changes(run), self.distance, -len(self.term.text), self.start)


class _Shelf:
    """Terms by the sound of their halves: a stretch that is like a term shares at least one half with it."""

    def __init__(self, terms: Iterable[_Term]) -> None:
        self._by_half: dict[tuple[object, ...], list[_Term]] = defaultdict(list)
        lengths = set()
        for term in terms:
            lengths.add(len(term.sounds))
            for key in _halves(term.sounds):
                self._by_half[key].append(term)
        self.lengths = tuple(sorted(lengths))

    def alike(self, heard: Sequence[Syllable]) -> Iterator[_Term]:
        """Those of the same length in which at most one half is not NEAR; each once."""
        first, second = _halves(heard)
        found = self._by_half.get(first, [])
        yield from found
        yield from (term for term in self._by_half.get(second, []) if term not in found)


class Correction:
    """Place names, agencies, titles: terms of Chinese characters only, others are passed over.

    A stretch of text gives way to a term of the same length when it sounds alike, begins and ends between words, is
    no word of the dictionary, and is not made of common words alone (unless it sounds exactly the same). The
    dictionary is loaded on construction: blocking, about a second without ``cache_dir``.
    """

    def __init__(
        self,
        terms: Sequence[str],
        settings: CorrectionSettings | None = None,
        *,
        cache_dir: Path | None = None,
    ) -> None:
        self._settings = settings or CorrectionSettings()
        self._words = dictionary(cache_dir)
        self._terms = _Shelf(
            _Term(text=text, sounds=sounds)
            for text in dict.fromkeys(terms)
            if _HAN_RUN.fullmatch(text) and len(text) >= self._settings.min_characters
            for sounds in readings_of(text)
        )

    def corrected(self, text: str) -> Corrected:
        """Simplified text in, simplified text out; its length does not change."""
        changes: list[Change] = []
        for run in _HAN_RUN.finditer(text):
            for match in self._best(run.group()):
                start, end = run.start() + match.start, run.start() + match.end
                changes.append(Change(start, end, text[start:end]))
                text = text[:start] + match.term.text + text[end:]
        return Corrected(text, tuple(changes))

    def _best(self, run: str) -> list[_Match]:
        """The nearest matches that do not overlap, in order of place."""
        found: list[_Match] = []
        ranked = sorted(self._matches(run), key=lambda match: match.rank(run))
        for match in ranked:
            if all(match.end <= other.start or other.end <= match.start for other in found):
                found.append(match)
        return sorted((m for m in found if m.changes(run)), key=lambda match: match.start)

    def _matches(self, run: str) -> Iterator[_Match]:
        if not any(length <= len(run) for length in self._terms.lengths):
            return
        sounds = syllables_of(run)
        borders = _borders(self._words.cut(run, HMM=False))
        for length in self._terms.lengths:
            for start in range(len(run) - length + 1):
                heard = sounds[start : start + length]
                for term in self._terms.alike(heard):
                    match = _Match(start=start, term=term, distance=distance(heard, term.sounds))
                    if self._is_meant(match, run, borders):
                        yield match

    def _is_meant(self, match: _Match, run: str, borders: Mapping[int, str]) -> bool:
        was = run[match.start : match.end]
        if not match.changes(run):
            return True  # it holds its place against other terms
        if match.distance > self._settings.max_distance_per_syllable * len(was):
            return False
        if match.start not in borders or (match.end not in borders and match.end != len(run)):
            return False
        if frequency(was, self._words) > 0:
            return False
        return match.distance == 0 or not self._is_common_talk(match, borders)

    def _is_common_talk(self, match: _Match, borders: Mapping[int, str]) -> bool:
        words = [word for start, word in borders.items() if match.start <= start < match.end]
        return all(frequency(word, self._words) >= self._settings.common_from for word in words)


def _borders(words: Iterator[str]) -> dict[int, str]:
    """Where each word begins."""
    borders, start = {}, 0
    for word in words:
        borders[start] = word
        start += len(word)
    return borders


def _halves(sounds: Sequence[Syllable]) -> tuple[tuple[object, ...], tuple[object, ...]]:
    middle = len(sounds) // 2
    blurred = [sound.blurred for sound in sounds]
    return (len(sounds), 0, *blurred[:middle]), (len(sounds), 1, *blurred[middle:])
