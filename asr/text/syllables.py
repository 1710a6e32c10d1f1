"""Compare Chinese by its sounds: how far two syllables are apart for a recogniser that hears badly."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product

from pypinyin import Style, lazy_pinyin, pinyin

# Pairs that regional speakers and narrow telephone bands confuse (平翘舌, n/l, f/h, front and back nasals).
_SAME_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "l": "n", "h": "f"}
_SAME_FINALS = {
    "ing": "in", "eng": "en", "ang": "an", "iang": "ian", "uang": "uan", "ueng": "uen",
}  # fmt: skip
NEAR = 0.25
HALF_DIFFERENT = 0.6  # the same initial or the same final
DIFFERENT = 1.0


@dataclass(frozen=True, slots=True)
class Syllable:
    """Toneless; an initial may be empty."""

    initial: str
    final: str

    @property
    def blurred(self) -> tuple[str, str]:
        """The same for all syllables that are NEAR each other."""
        return (
            _SAME_INITIALS.get(self.initial, self.initial),
            _SAME_FINALS.get(self.final, self.final),
        )

    def distance(self, other: "Syllable") -> float:
        """0 for the same sound, NEAR for a pair that is often confused, at most DIFFERENT."""
        if self == other:
            return 0.0
        (initial, final), (other_initial, other_final) = self.blurred, other.blurred
        same_initial, same_final = initial == other_initial, final == other_final
        if same_initial and same_final:
            return NEAR
        return HALF_DIFFERENT if same_initial or same_final else DIFFERENT


def syllables_of(han: str) -> tuple[Syllable, ...]:
    """One for each character of a text that is all Chinese characters, as they are read in their words."""
    return tuple(_split(spoken) for spoken in lazy_pinyin(han, style=Style.NORMAL))


def readings_of(han: str, at_most: int = 4) -> tuple[tuple[Syllable, ...], ...]:
    """The usual reading first, then others of characters that have two: 闵行 is a name that no phrase list knows."""
    choices = []
    for usual, character in zip(syllables_of(han), han, strict=True):
        single = pinyin(character, style=Style.NORMAL, heteronym=True)[0][:2]
        choices.append(dict.fromkeys((usual, *map(_split, single))))
    return tuple(islice(product(*choices), at_most))


def _split(spoken: str) -> Syllable:
    initial = spoken[:2] if spoken[1:2] == "h" else spoken[:1].strip("aoeiuv")
    return Syllable(initial, spoken[len(initial) :])


def distance(one: Sequence[Syllable], other: Sequence[Syllable]) -> float:
    """Sum over two sequences of the same length."""
    return sum(a.distance(b) for a, b in zip(one, other, strict=True))
