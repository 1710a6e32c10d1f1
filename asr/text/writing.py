"""Look at the letters of a reading: they are a second witness of its language."""

from collections.abc import Mapping

from domain.language import HOTLINE_LANGUAGES, LanguageTag

_ENOUGH_LETTERS = 4  # "OK" and "APP" are said in every language

# (first, last) code points
_SCRIPTS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "kana": ((0x3040, 0x30FF),),
    "hangul": ((0xAC00, 0xD7AF), (0x1100, 0x11FF)),
    "han": ((0x4E00, 0x9FFF), (0x3400, 0x4DBF)),
    "cyrillic": ((0x0400, 0x04FF),),
    "arabic": ((0x0600, 0x06FF),),
    "latin": ((0x0041, 0x005A), (0x0061, 0x007A), (0x00C0, 0x024F)),
}
_WRITTEN_WITH: Mapping[str, tuple[str, ...]] = {
    "kana": ("ja",),
    "hangul": ("ko",),
    "han": ("zh", "ja"),
    "cyrillic": ("ru",),
    "arabic": ("ar",),
    "latin": ("en", "fr", "de", "es"),
}


def languages_written(text: str) -> tuple[LanguageTag, ...]:
    """The hotline languages a text may be in by its letters alone; all of them when it has too few or mixed ones."""
    scripts = {script for script in _SCRIPTS if any(_is_of(letter, script) for letter in text)}
    letters = sum(letter.isalpha() for letter in text)
    if scripts - {"han"} in ({"kana"}, {"hangul"}):
        scripts -= {"han"}  # Japanese and Korean also write han
    if len(scripts) != 1 or letters < _ENOUGH_LETTERS:
        return HOTLINE_LANGUAGES
    return tuple(LanguageTag(tag) for tag in _WRITTEN_WITH[scripts.pop()])


def _is_of(letter: str, script: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _SCRIPTS[script])
