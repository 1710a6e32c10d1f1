"""Ask what language a text is in: a second witness beside the sound."""

from collections.abc import Sequence
from functools import cache

from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
from py3langid.modelio import load_model

from domain.language import LanguageTag

_TOO_SHORT = 2  # letters


class TextWitness:
    """A naive Bayes over byte sequences (Lui and Baldwin 2012, "langid.py"), among a few languages. 0.04 ms a text."""

    def __init__(self, languages: Sequence[LanguageTag]) -> None:
        self._languages = tuple(languages)
        self._identifier = _identifier(self._languages)

    def odds(self, text: str) -> dict[LanguageTag, float]:
        """The probability of each language; all the same for a text without letters."""
        if sum(letter.isalpha() for letter in text) < _TOO_SHORT:
            return dict.fromkeys(self._languages, 1 / len(self._languages))
        return {LanguageTag(tag): float(p) for tag, p in self._identifier.rank(text)}


@cache
def _identifier(languages: tuple[LanguageTag, ...]) -> LanguageIdentifier:
    """Of these languages alone; its own ``set_languages`` would keep the tables of all 140 (27 MB) beside theirs."""
    tables, priors, tags, moves, rows, features = load_model(MODEL_DIR / MODEL_FILE)
    ours = [column for column, tag in enumerate(tags) if tag in languages]
    return LanguageIdentifier(
        tables[:, ours],
        priors[ours],
        [tags[column] for column in ours],
        moves,
        features,
        norm_probs=True,
        tk_row=rows,
    )
