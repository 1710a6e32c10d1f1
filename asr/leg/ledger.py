"""See to it that speech which became no words is marked."""

from asr.ear.ear import Phrase
from asr.ear.resampling import RATE_HZ
from asr.leg.coverage import Coverage
from domain.audio import ms_from_samples
from domain.passage import PassageKind
from domain.ports import PassageHeard

_PASSAGES_TAKE_MS = 7_000  # a passage is told up to six seconds after it ended
_FOR_EVER_MS = 1 << 60


class Ledger:
    """The books of one leg; phrases are answered in order."""

    def __init__(self) -> None:
        self._coverage = Coverage()
        self._unread: list[tuple[int, int, PassageKind]] = []
        self._answered_ms = 0
        self._is_unheard = False

    def note_passage(self, passage: PassageHeard) -> None:
        self._coverage.mark(passage.start_ms, passage.end_ms)

    def note_read(self, phrase: Phrase) -> None:
        """It became words."""
        start_ms, end_ms = self._answer(phrase)
        self._coverage.read(start_ms, end_ms)

    def note_unread(self, phrase: Phrase, kind: PassageKind) -> None:
        """It did not, and this is why, as far as no passage knows better."""
        start_ms, end_ms = self._answer(phrase)
        self._unread.append((start_ms, end_ms, kind))

    def due(self, now_ms: int) -> list[PassageHeard]:
        """Marks for what no passage can explain any more. ``now_ms`` is how far the leg was heard."""
        until_ms = min(self._answered_ms, now_ms - _PASSAGES_TAKE_MS)
        return self._marks(min([until_ms, *(s for s, e, _ in self._unread if e > until_ms)]))

    def becomes_unheard(self, now_ms: int, after_ms: int) -> bool:
        """Somebody has been speaking for so long and no text came; true once, until text comes again."""
        was, self._is_unheard = self._is_unheard, self._coverage.unheard_ms(now_ms) > after_ms
        return self._is_unheard and not was

    def close(self) -> list[PassageHeard]:
        """The leg is over, and all its passages were noted."""
        return self._marks(_FOR_EVER_MS)

    def _answer(self, phrase: Phrase) -> tuple[int, int]:
        start_ms = ms_from_samples(phrase.start_sample, RATE_HZ)
        end_ms = ms_from_samples(phrase.end_sample, RATE_HZ)
        self._coverage.hear(start_ms, end_ms)
        self._answered_ms = end_ms
        return start_ms, end_ms

    def _marks(self, until_ms: int) -> list[PassageHeard]:
        marks = [
            PassageHeard(start_ms=start_ms, end_ms=end_ms, kind=self._kind_of(start_ms, end_ms))
            for start_ms, end_ms in self._coverage.lost(until_ms)
        ]
        for mark in marks:
            is_answer = mark.kind is not PassageKind.UNREADABLE
            self._coverage.mark(mark.start_ms, mark.end_ms, is_answer=is_answer)
        self._coverage.settle(until_ms)
        self._unread = [unread for unread in self._unread if unread[1] > until_ms]
        return marks

    def _kind_of(self, start_ms: int, end_ms: int) -> PassageKind:
        kinds = (kind for s, e, kind in self._unread if s < end_ms and e > start_ms)
        return next(kinds, PassageKind.UNREADABLE)
