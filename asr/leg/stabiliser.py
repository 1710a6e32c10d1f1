"""Keep words from flickering while somebody speaks."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

_WIDE = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # kana and Han; Hangul is written with spaces
_TOKENS = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+|\s+")


_SPACED = re.compile(rf"[^{_WIDE}，。？！、；：]")


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


def joined(before: str, after: str) -> str:
    """Put two texts together as their script is written; the result begins with the first."""
    if not before or not after:
        return before or after
    is_spaced = _SPACED.match(before[-1]) and _SPACED.match(after[0])
    return f"{before} {after}" if is_spaced else before + after


@dataclass(frozen=True, slots=True, kw_only=True)
class StableText:
    """One phrase's partials so far: ``newest`` is shown, and it keeps ``agreed`` whatever a sketch says later.

    A word is agreed on when two successive hypotheses have it and everything before it (Liu, Spanakis, Niehues 2020:
    local agreement). That only calms the eye: what is agreed is not promised, a careful reading may replace it.
    """

    agreed: tuple[str, ...] = ()
    newest: tuple[str, ...] = ()

    def after(self, hypothesis: str) -> "StableText":
        """Take the next hypothesis."""
        new = self._fitted(tokens(hypothesis))
        alike = sum(1 for _ in takewhile(_same, zip(self.newest, new, strict=False)))
        keep = max(alike, len(self.agreed))
        return StableText(agreed=self.agreed + new[len(self.agreed) : keep], newest=new)

    def replaced(self, reading: str) -> "StableText":
        """Take what a careful reading says instead of all hypotheses before it."""
        words = tokens(reading)
        return StableText(agreed=words, newest=words)

    @property
    def text(self) -> str:
        return "".join(self.newest).strip()

    def _fitted(self, hypothesis: tuple[str, ...]) -> tuple[str, ...]:
        """The words agreed on, then what the hypothesis says after the place where they end in it."""
        return self.agreed + hypothesis[self._end_of_agreed(hypothesis) :]

    def _end_of_agreed(self, hypothesis: tuple[str, ...]) -> int:
        ours = [_plain(word) for word in self.agreed]
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
