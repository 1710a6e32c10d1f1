"""Count the errors of a transcript in the unit its language is judged by."""

from dataclasses import dataclass

from domain.language import LanguageTag
from spoken_text.scoring import for_scoring

BY_CHARACTER = frozenset({"zh", "yue", "ja", "ko"})  # written without spaces, or with moody ones
NORMALISATION = "spoken_text.scoring.for_scoring on both sides; CER without spaces for zh yue ja ko, WER else; counted by jiwer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Characters or words to change, of so many in the reference."""

    errors: int = 0
    length: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(errors=self.errors + other.errors, length=self.length + other.length)

    @property
    def rate(self) -> float | None:
        """None where there is nothing to be wrong about; may exceed 1."""
        return self.errors / self.length if self.length else None


def unit(language: str) -> str:
    """``cer`` when any of the languages named is judged by its characters, else ``wer``."""
    return "cer" if BY_CHARACTER & set(language.split("+")) else "wer"


def tally(reference: str, heard: str, language: str) -> Tally:
    """Substitutions, deletions and insertions. ``language`` may name several, joined by ``+``."""
    import jiwer  # an evaluation's dependency, not the product's

    wanted, got = plain(reference, language), plain(heard, language)
    counting = jiwer.process_characters if unit(language) == "cer" else jiwer.process_words
    counted = counting(wanted, got)
    return Tally(
        errors=counted.substitutions + counted.deletions + counted.insertions,
        length=counted.hits + counted.substitutions + counted.deletions,
    )


def plain(text: str, language: str) -> str:
    """A text as it is compared."""
    scored = for_scoring(text, LanguageTag(language.split("+")[0]))
    return "".join(scored.split()) if unit(language) == "cer" else " ".join(scored.split())


def ratio(ours: int, theirs: int) -> float | None:
    """Ours over theirs: 1 when neither is wrong, None when only ours is."""
    if theirs:
        return ours / theirs
    return 1.0 if not ours else None
