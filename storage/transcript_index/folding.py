"""Make spellings that mean the same look the same, and remember where each character came from."""

import unicodedata
from dataclasses import dataclass

_KEEPS_ITS_MARKS = (
    "HIRAGANA",
    "KATAKANA",
    "HANGUL",
)  # か and が are different letters; é and e are not


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """``text`` without case, width and accents; ``origins[i]`` is where character i stood in the original."""

    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text that folded characters start..end came from."""
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> Folded:
    folded: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        plain = _plain(character)
        folded.append(plain)
        origins.extend([place] * len(plain))
    return Folded(text="".join(folded), origins=tuple(origins))


def _plain(character: str) -> str:
    if character.isascii():
        return character.lower()
    same = unicodedata.normalize("NFKC", character).casefold()
    if unicodedata.name(character, "").startswith(_KEEPS_ITS_MARKS):
        return same
    bare = unicodedata.normalize("NFD", same)
    return "".join(c for c in bare if not unicodedata.category(c).startswith("M"))
