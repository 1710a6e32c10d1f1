"""Know what telephone systems say by themselves, so that nobody takes it for the other party."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from itertools import product

from asr.belief.phantoms import plain

_ALIKE = 0.86  # a recogniser gets one syllable in seven wrong through a telephone
_SHORTEST = 6  # letters; below this nothing is distinctive


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcements:
    """Plain sentences: ``alone`` is enough by itself, ``beside`` may stand before or after it."""

    alone: tuple[str, ...]
    beside: tuple[str, ...]

    def is_one(self, text: str) -> bool:
        """Whether the whole text is an announcement and nothing else."""
        said = plain(text)
        if len(said) < _SHORTEST:
            return False
        return any(
            _is_alike(said, whole) for core in self._cores(said) for whole in self._around(core)
        )

    def _cores(self, said: str) -> Iterator[str]:
        """The sentences that the text contains, roughly: most of their letters stand in it in order."""
        for sentence in self.alone:
            matcher = SequenceMatcher(None, said, sentence, autojunk=False)
            if sum(b.size for b in matcher.get_matching_blocks()) >= _ALIKE * len(sentence):
                yield sentence

    def _around(self, core: str) -> Iterator[str]:
        rest: tuple[str, ...] = ("", *self.beside)
        for before, after, last in product(rest, rest, rest):
            if last and not after:
                continue
            yield before + core + after + last


def announcement_in(text: str) -> bool:
    """Whether a whole utterance is what a telephone system says by itself, in any language of the list."""
    return any(language.is_one(text) for language in read_announcements())


@cache
def read_announcements() -> tuple[Announcements, ...]:
    """Read the list that comes with this room, one entry a language."""
    table = tomllib.loads(
        files("asr.belief").joinpath("announcements.toml").read_text(encoding="utf-8")
    )
    return tuple(
        Announcements(alone=_plain(rows["alone"]), beside=_plain(rows["beside"]))
        for rows in table.values()
    )


def _is_alike(said: str, whole: str) -> bool:
    shorter, longer = sorted((len(said), len(whole)))
    if 2 * shorter < _ALIKE * (shorter + longer):
        return False
    matcher = SequenceMatcher(None, said, whole, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _plain(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(plain(sentence) for sentence in sentences)
