"""Write what a machine heard as people write it, and put known terms where they were meant."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from asr.settings.text import TextSettings
from asr.text.correction import Corrected, Correction
from domain.language import LanguageTag
from spoken_text import Style, written

_CHINESE = frozenset({"zh", "yue"})
# A mobile number has eleven digits: 1, then 3 to 9, then nine more; its last 八 is heard as the particle 吧.
_LAST_EIGHT = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{3})吧")


class Spelling:
    """Callable as the ``write`` of a reader; immutable, and pickled by what it was made of.

    ``terms`` are simplified Chinese: places, agencies, titles. Their dictionary is loaded with the first Chinese text
    (blocking, about a second), or by `load`; without terms it never is.
    """

    def __init__(
        self,
        settings: TextSettings | None = None,
        terms: Sequence[str] = (),
        *,
        cache_dir: Path | None = None,
    ) -> None:
        self._settings = settings or TextSettings()
        self._terms = tuple(terms)
        self._cache_dir = cache_dir

    def __call__(self, text: str, language: LanguageTag) -> str:
        return self.spelled(text, language).text

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self._settings, self._terms, self._cache_dir)

    def load(self) -> None:
        """Read the dictionary now rather than with the first words. Blocking."""
        if self._corrects:
            self._correction.corrected("您好")

    def spelled(self, text: str, language: LanguageTag) -> Corrected:
        """The written text, and which stretches of it were put right; places count in simplified characters."""
        if language not in _CHINESE:
            return self._spelled(text, language)
        spelled = self._spelled(_with_last_eight(text), language)
        return replace(spelled, text=_with_last_eight(spelled.text))  # by now as long as before

    def _spelled(self, text: str, language: LanguageTag) -> Corrected:
        style = self._settings.style(is_final=True)
        if language not in _CHINESE or not self._corrects:
            return Corrected(written(text, language, style))
        plain = written(
            text, language, Style(writes_figures=style.writes_figures, ends_sentences=False)
        )
        right = self._correction.corrected(plain)
        return Corrected(written(right.text, language, style), right.changes)

    @property
    def _corrects(self) -> bool:
        return self._settings.correction.is_on and bool(self._terms)

    @cached_property
    def _correction(self) -> Correction:
        return Correction(self._terms, self._settings.correction, cache_dir=self._cache_dir)


def _with_last_eight(text: str) -> str:
    return _LAST_EIGHT.sub(r"\g<1>\g<2>\g<3>8", text)


def _again(settings: TextSettings, terms: tuple[str, ...], cache_dir: Path | None) -> Spelling:
    return Spelling(settings, terms, cache_dir=cache_dir)
