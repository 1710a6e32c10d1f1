"""Know the sentences that recognisers invent where nobody speaks."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

_SENTENCE_END = re.compile(r"(?<=[。！？…\n])|(?<=[.!?])(?=\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phantoms:
    """Invented sentences, already in their plain form, of all languages: credits appear in any of them."""

    never: frozenset[str]
    seldom: frozenset[str]

    def is_never_said(self, text: str) -> bool:
        said = plain(text)
        return any(phantom in said for phantom in self.never)

    def is_seldom_meant(self, text: str) -> bool:
        return plain(text) in self.seldom

    def spoken(self, text: str) -> str:
        """The sentences that somebody may have said: a credit invented after a real one does not cost it."""
        if not self.is_never_said(text):
            return text
        kept = (part for part in _SENTENCE_END.split(text) if not self.is_never_said(part))
        rest = "".join(kept).strip()
        return "" if self.is_never_said(rest) else rest


def read_phantoms() -> Phantoms:
    """Read the list that comes with this room."""
    table = tomllib.loads(files("asr.belief").joinpath("phantoms.toml").read_text(encoding="utf-8"))
    return Phantoms(never=_all(table, "never"), seldom=_all(table, "seldom"))


def plain(text: str) -> str:
    """Without case, space and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNM")


def _all(table: Mapping[str, Mapping[str, list[str]]], kind: str) -> frozenset[str]:
    spoken = (plain(text) for language in table.values() for text in language[kind])
    return frozenset(text for text in spoken if text)
