"""Read what somebody typed into a search box; whatever it is, it becomes a question the index can answer."""

import re

from storage.transcript_index.folding import fold
from storage.transcript_index.runs import Run, Writing, runs
from storage.transcript_index.term import Term
from storage.transcript_index.tokens import Segmenter

_PART = re.compile(r'["“”「『](?P<phrase>[^"“”「」『』]*)["“”」』]|(?P<loose>[^\s"“”「」『』]+)')
# Particles that carry no matter of their own; asked alone they are still looked for.
_PARTICLES = frozenset("的了着过吗呢吧啊呀嘛么是我你他她它们在就都和与及也很")


def read_question(words: str, segmenter: Segmenter) -> tuple[Term, ...]:
    """The terms that must all occur; none when nothing in it can be looked for.

    ``"words in quotes"`` must be neighbours; a Chinese sentence is taken apart into its words; ``regist*`` is open.
    """
    terms: list[Term] = []
    for part in _PART.finditer(words):
        is_phrase = part["phrase"] is not None
        found = tuple(runs(fold(part["phrase"] if is_phrase else part["loose"]).text))
        if not found:
            continue
        if is_phrase or _belongs_together(found):
            terms.append(Term(runs=found, is_open=not is_phrase and part["loose"].endswith("*")))
        else:
            terms.extend(Term(runs=(piece,)) for run in found for piece in _pieces(run, segmenter))
    return tuple(dict.fromkeys(terms))


def _belongs_together(found: tuple[Run, ...]) -> bool:
    """12333-2 is one thing, and so is 申し込み; 5G网络 is two words that may stand apart."""
    writings = {run.writing for run in found}
    return writings == {Writing.SPACED} or Writing.SYLLABIC in writings


def _pieces(run: Run, segmenter: Segmenter) -> list[Run]:
    if run.writing is not Writing.HAN:
        return [run]
    telling = [word for word in segmenter.words(run.text) if word not in _PARTICLES]
    return [Run(writing=Writing.HAN, text=word, start=0) for word in telling or [run.text]]
