"""Cut a text where a person would breathe."""

import re
from collections.abc import Iterator

_SENTENCE_END = re.compile(r"(?<=[。!?;…\uff01\uff1f\uff1b])\s*|(?<=\.)\s+")
_CLAUSE_END = re.compile(r"(?<=[,、:\uff0c\uff1a])\s*")


def clauses(text: str, *, longest: int) -> Iterator[str]:
    """Sentences, cut at commas and at last by length where they are longer than a voice can hold."""
    for sentence in _SENTENCE_END.split(text):
        if len(sentence) <= longest:
            yield from _if_said(sentence)
            continue
        for part in _packed(_CLAUSE_END.split(sentence), longest):
            yield from _if_said(part)


def _packed(parts: list[str], longest: int) -> Iterator[str]:
    """Join short clauses again as long as they fit; cut what is still too long."""
    held = ""
    for part in parts:
        if len(held) + len(part) > longest and held:
            yield held
            held = ""
        held += part
        while len(held) > longest:
            cut = held.rfind(" ", 1, longest) if " " in held[1:longest] else longest
            yield held[:cut]
            held = held[cut:]
    yield held


def _if_said(part: str) -> Iterator[str]:
    if any(char.isalnum() for char in part):
        yield part.strip()
