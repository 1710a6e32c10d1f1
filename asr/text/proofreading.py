"""Put known terms where a machine that reads Chinese misheard them."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from asr.settings.text import TextSettings
from asr.text.correction import Corrected, Correction
from asr.text.spelling import CHINESE
from asr.text.writing import languages_written
from domain.language import ZH, LanguageTag
from spoken_text import Style, written


class Proofreader:
    """One for all machines: its dictionaries weigh 120 MB, more than the network they would lie beside.

    ``terms`` are simplified Chinese: places, agencies, titles. The dictionaries are loaded with the first Chinese
    text (blocking, about a second), or by `load`; without terms they never are. After that a text takes a
    millisecond or two. Immutable otherwise.
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

    def __call__(self, text: str, language: LanguageTag | None) -> str:
        return self.proofread(text, language).text

    def load(self) -> None:
        """Read the dictionaries now rather than with the first words. Blocking."""
        self.proofread("您好", ZH)

    def proofread(self, text: str, language: LanguageTag | None) -> Corrected:
        """The text, and which stretches of it were put right; places count in simplified characters.

        ``text`` is as `Spelling` writes it; one without a misheard term comes back untouched. ``language`` None:
        nobody said, and its letters decide whether it may be Chinese.
        """
        if not self._corrects or not _is_chinese(text, language):
            return Corrected(text)
        chinese = language or ZH
        figures = Style(writes_figures=self._settings.writes_figures, ends_sentences=False)
        right = self._correction.corrected(written(text, chinese, figures))
        if not right.changes:
            return Corrected(text)
        style = self._settings.style(is_final=True)
        return Corrected(written(right.text, chinese, style), right.changes)

    @property
    def _corrects(self) -> bool:
        return self._settings.correction.is_on and bool(self._terms)

    @cached_property
    def _correction(self) -> Correction:
        return Correction(self._terms, self._settings.correction, cache_dir=self._cache_dir)


def _is_chinese(text: str, language: LanguageTag | None) -> bool:
    return language in CHINESE if language is not None else ZH in languages_written(text)
