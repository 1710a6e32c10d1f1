"""Hold one thing that must occur, and say where it does."""

from collections.abc import Iterator
from dataclasses import dataclass

from storage.transcript_index.folding import Folded
from storage.transcript_index.runs import Run, Writing, runs
from storage.transcript_index.tokens import pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Neighbouring runs. Chinese, kana and Hangul match parts of a text; letters match whole words, or beginnings when ``is_open``."""

    runs: tuple[Run, ...]
    is_open: bool = False

    def expression(self) -> str:
        """Ask FTS5 for it. Every token stands in quotes and holds letters and digits only, so nothing typed is syntax."""
        first = self.runs[0]
        if len(self.runs) == 1 and first.writing is Writing.HAN:
            return f'(words : "{first.text}" OR {self._neighbours()})'
        return self._neighbours()

    def spans(self, folded: Folded) -> Iterator[tuple[int, int]]:
        """Where it occurs, in characters of the original text."""
        present = list(runs(folded.text))
        for at in range(len(present) - len(self.runs) + 1):
            window = present[at : at + len(self.runs)]
            for start, end in self._inside(window[0]) if len(window) == 1 else self._across(window):
                yield folded.span(start, end)

    def _neighbours(self) -> str:
        *before, last = self.runs
        tokens = [token for run in before for token in pairs(run)]
        tail = list(pairs(last, goes_on=True))
        if not tail:  # one character: alone at the end of a run, or the first of a pair
            return f'pairs : "{" ".join([*tokens, last.text])}" *'
        star = " *" if self.is_open and last.writing is Writing.SPACED else ""
        return f'pairs : "{" ".join(tokens + tail)}"{star}'

    def _inside(self, run: Run) -> Iterator[tuple[int, int]]:
        wanted = self.runs[0]
        if wanted.writing is Writing.SPACED:
            if self._ends_with(run):
                yield run.start, run.end
            return
        at = run.text.find(wanted.text) if run.writing is wanted.writing else -1
        while at >= 0:
            yield run.start + at, run.start + at + len(wanted.text)
            at = run.text.find(wanted.text, at + len(wanted.text))

    def _across(self, window: list[Run]) -> Iterator[tuple[int, int]]:
        first, last = self.runs[0], self.runs[-1]
        begins = window[0].text == first.text or (
            first.writing is not Writing.SPACED and window[0].text.endswith(first.text)
        )
        middle = all(a.text == b.text for a, b in zip(window[1:-1], self.runs[1:-1], strict=True))
        if begins and middle and self._ends_with(window[-1]):
            end = (
                window[-1].end
                if last.writing is Writing.SPACED
                else window[-1].start + len(last.text)
            )
            yield window[0].end - len(first.text), end

    def _ends_with(self, run: Run) -> bool:
        wanted = self.runs[-1]
        may_go_on = self.is_open or wanted.writing is not Writing.SPACED
        return run.text == wanted.text or (may_go_on and run.text.startswith(wanted.text))


def joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """In order, with those that touch or overlap made one."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return tuple(whole)
