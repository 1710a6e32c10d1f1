"""Decide which words of an unfinished utterance are safe to show."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

_TOKENS = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]|[^\s぀-ヿ㐀-鿿豈-﫿]+|\s+")


def tokens(text: str) -> tuple[str, ...]:
    """Split into words, each carrying the space before it; every Han or kana character is a word.

    ``"".join(tokens(text)) == text`` for text without trailing space.
    """
    words: list[str] = []
    space = ""
    for piece in _TOKENS.findall(text.rstrip()):
        if piece.isspace():
            space = piece
        else:
            words.append(space + piece)
            space = ""
    return tuple(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class StableText:
    """One utterance's partials so far: ``committed`` never changes again, ``newest`` is the last hypothesis.

    A word is committed when two successive hypotheses agree on it and on everything before it.
    """

    committed: tuple[str, ...] = ()
    newest: tuple[str, ...] = ()

    def after(self, hypothesis: str) -> "StableText":
        """Take the next hypothesis."""
        new = self._fitted(tokens(hypothesis))
        agreed = sum(1 for _ in takewhile(_same, zip(self.newest, new, strict=False)))
        keep = max(agreed, len(self.committed))
        return StableText(committed=self.committed + new[len(self.committed) : keep], newest=new)

    @property
    def text(self) -> str:
        return "".join(self.newest).strip()

    def _fitted(self, hypothesis: tuple[str, ...]) -> tuple[str, ...]:
        """The committed words, then what the hypothesis says after the place where they end in it."""
        return self.committed + hypothesis[self._end_of_committed(hypothesis) :]

    def _end_of_committed(self, hypothesis: tuple[str, ...]) -> int:
        ours = [_plain(word) for word in self.committed]
        theirs = [_plain(word) for word in hypothesis]
        if theirs[: len(ours)] == ours:
            return len(ours)
        blocks = SequenceMatcher(a=ours, b=theirs, autojunk=False).get_matching_blocks()
        last = [block for block in blocks if block.size][-1:]
        if not last:
            return len(ours)
        missed = len(ours) - (last[0].a + last[0].size)  # heard differently this time, one for one
        return last[0].b + last[0].size + missed


def _same(pair: tuple[str, str]) -> bool:
    return _plain(pair[0]) == _plain(pair[1])


def _plain(word: str) -> str:
    """Without case and punctuation: a comma that comes later is no other word."""
    letters = (c for c in word.casefold() if unicodedata.category(c)[0] not in "PZ")
    return "".join(letters) or word.strip()
