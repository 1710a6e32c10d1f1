"""Account for every second of speech on a leg: it became text, or it was marked, or somebody must look."""

from dataclasses import dataclass

Stretch = tuple[int, int]  # start and end, ms since the leg began


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Milliseconds of speech, each counted once: ``read_ms + marked_ms + open_ms + lost_ms == speech_ms``."""

    speech_ms: int
    read_ms: int
    marked_ms: int
    open_ms: int
    lost_ms: int

    @property
    def accounted(self) -> float:
        """Share of the speech that is text or marked; 1.0 where nobody spoke."""
        settled = self.speech_ms - self.open_ms
        return 1.0 if settled <= 0 else (self.read_ms + self.marked_ms) / settled


class Coverage:
    """The books of one leg. Times are ms since the leg began; stretches may come in any order.

    ``hear`` every stretch in which the detector heard speech, ``read`` what a final with words covers, ``mark`` what
    a passage or a gap covers. What is settled is summed up and forgotten, so the books stay short.
    """

    def __init__(self) -> None:
        self._speech: list[Stretch] = []
        self._read: list[Stretch] = []
        self._marked: list[Stretch] = []
        self._settled = Account(speech_ms=0, read_ms=0, marked_ms=0, open_ms=0, lost_ms=0)
        self._settled_until = 0
        self._silent_since: int | None = None  # speech that no text followed began here

    def hear(self, start_ms: int, end_ms: int) -> None:
        """The detector heard speech here."""
        _add(self._speech, max(start_ms, self._settled_until), end_ms)
        if end_ms > start_ms and self._silent_since is None:
            self._silent_since = start_ms

    def read(self, start_ms: int, end_ms: int) -> None:
        """A final with words covers this."""
        _add(self._read, start_ms, end_ms)
        self._silent_since = None

    def mark(self, start_ms: int, end_ms: int, *, is_answer: bool = True) -> None:
        """A passage or a gap covers this; that is an answer too, unless all it says is that nothing could be read."""
        _add(self._marked, start_ms, end_ms)
        if is_answer:
            self._silent_since = None

    def lost(self, until_ms: int) -> list[Stretch]:
        """Speech before this time that neither became text nor was marked; mark it unreadable."""
        speech = _clip(self._speech, self._settled_until, until_ms)
        return _without(_without(speech, self._read), self._marked)

    def unheard_ms(self, now_ms: int) -> int:
        """For how long the leg has had speech and no answer of any kind; 0 when nothing is owed."""
        return 0 if self._silent_since is None else max(0, now_ms - self._silent_since)

    def settle(self, until_ms: int) -> Account:
        """Sum up everything before this time, for good. No answer to it may follow."""
        speech = _clip(self._speech, self._settled_until, until_ms)
        unread = _without(speech, self._read)
        lost = _without(unread, self._marked)
        self._settled = _plus(self._settled, _length(speech), _length(unread), _length(lost))
        self._settled_until = max(self._settled_until, until_ms)
        self._speech = _clip(self._speech, self._settled_until, _FOREVER)
        self._read = _clip(self._read, self._settled_until, _FOREVER)
        self._marked = _clip(self._marked, self._settled_until, _FOREVER)
        return self._settled

    def account(self) -> Account:
        """What is settled, and the speech after it as ``open_ms``."""
        waiting = _length(self._speech)
        settled = self._settled
        return Account(
            speech_ms=settled.speech_ms + waiting,
            read_ms=settled.read_ms,
            marked_ms=settled.marked_ms,
            open_ms=waiting,
            lost_ms=settled.lost_ms,
        )


_FOREVER = 1 << 62


def _plus(before: Account, speech_ms: int, unread_ms: int, lost_ms: int) -> Account:
    return Account(
        speech_ms=before.speech_ms + speech_ms,
        read_ms=before.read_ms + speech_ms - unread_ms,
        marked_ms=before.marked_ms + unread_ms - lost_ms,
        open_ms=0,
        lost_ms=before.lost_ms + lost_ms,
    )


def _add(stretches: list[Stretch], start: int, end: int) -> None:
    """Put a stretch in, joined with those it touches, in order of time."""
    if end <= start:
        return
    apart = [s for s in stretches if s[1] < start or s[0] > end]
    touched = [s for s in stretches if s[1] >= start and s[0] <= end]
    first = min([start, *(s for s, _ in touched)])
    last = max([end, *(e for _, e in touched)])
    stretches[:] = sorted([*apart, (first, last)])


def _clip(stretches: list[Stretch], start: int, end: int) -> list[Stretch]:
    inside = [(max(s, start), min(e, end)) for s, e in stretches]
    return [(s, e) for s, e in inside if e > s]


def _without(stretches: list[Stretch], covered: list[Stretch]) -> list[Stretch]:
    left: list[Stretch] = []
    for start, end in stretches:
        for low, high in covered:
            if high <= start or low >= end:
                continue
            if low > start:
                left.append((start, low))
            start = max(start, high)
        if end > start:
            left.append((start, end))
    return left


def _length(stretches: list[Stretch]) -> int:
    return sum(end - start for start, end in stretches)
