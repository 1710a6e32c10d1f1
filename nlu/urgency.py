"""Read how fast somebody must act, from written signs and never without words."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import InputError
from domain.understanding import Urgency, UrgencySign


class _SignsFile(BaseModel):
    """The signs as the file writes them; the order of the levels is their rank."""

    model_config = ConfigDict(extra="forbid")
    reach: int
    clause_breaks: str
    denials_before: list[str]
    denials_after: list[str]
    levels: dict[Urgency, list[str]]


class UrgencySigns:
    """The strongest sign that nothing denies. Immutable."""

    def __init__(self, written: _SignsFile) -> None:
        self._reach = written.reach
        self._breaks = re.compile(written.clause_breaks)
        self._before = _any_of([f"(?:{denial})$" for denial in written.denials_before])
        self._after = _any_of(written.denials_after)
        self._levels = [(level, _any_of(signs)) for level, signs in written.levels.items()]

    def read(self, text: str) -> UrgencySign | None:
        """The words are ``text[start_char:end_char]``. None: nothing in it says how urgent it is."""
        for level, signs in self._levels:
            for match in self._undenied(signs, text):
                return UrgencySign(
                    urgency=level,
                    text=match.group(),
                    start_char=match.start(),
                    end_char=match.end(),
                )
        return None

    def denies_emergency(self, text: str) -> bool:
        """It names something urgent only to say that it is not so."""
        strongest = self._levels[0][1]
        return strongest.search(text) is not None and not any(self._undenied(strongest, text))

    def _undenied(self, signs: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        for match in signs.finditer(text):
            if not self._denied(text, match):
                yield match

    def _denied(self, text: str, sign: re.Match[str]) -> bool:
        before = text[max(0, sign.start() - self._reach) : sign.start()]
        clause = self._breaks.split(before)[-1]
        if self._before.search(clause) is not None:
            return True
        return self._after.match(text, sign.end()) is not None


def load_urgency_signs(path: Path) -> UrgencySigns:
    """Raises InputError naming the file when it cannot be read."""
    try:
        written = _SignsFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        return UrgencySigns(written)
    except (OSError, yaml.YAMLError, ValidationError, re.error) as broken:
        raise InputError(
            "nlu.urgency", f"expected signs of urgency in {path.name}, got: {broken}"
        ) from broken


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
