"""Say who speaks when, and lay that over the lines of a transcript."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

UNKNOWN = "unknown"
"""The speaker of a turn or a line where the voices do not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerTurn:
    """One voice speaks. Times since the recording began; turns of different speakers may overlap.

    ``speaker`` is "A", "B" … in order of first appearance, or `UNKNOWN`. ``confidence`` in [0, 1] says how much
    nearer the turn lies to this voice than to the next; None where there was nothing to compare. ``nearest`` is, for
    an unknown turn, whom the machine would have named: for figures (`as_guessed`), not for people.
    """

    start_ms: int
    end_ms: int
    speaker: str
    confidence: float | None = None
    nearest: str | None = None


class Line(Protocol):
    """What has a place in time: a transcript segment, or anything shaped like it."""

    @property
    def start_ms(self) -> int: ...

    @property
    def end_ms(self) -> int: ...


def speakers_of(
    lines: Iterable[Line], turns: Sequence[SpeakerTurn], *, min_share: float = 0.7
) -> list[str]:
    """One speaker per line, in their order.

    A line is somebody's when at least ``min_share`` of the speech in it is; overlap counts for both voices and
    unknown voices count against everybody. Otherwise, and where no turn touches it, it is `UNKNOWN`: without word
    times nothing says where to split it.
    """
    return [_speaker_of(line, turns, min_share) for line in lines]


def _speaker_of(line: Line, turns: Sequence[SpeakerTurn], min_share: float) -> str:
    spoken: Counter[str] = Counter()
    for turn in turns:
        spoken[turn.speaker] += max(
            0, min(line.end_ms, turn.end_ms) - max(line.start_ms, turn.start_ms)
        )
    speech_ms = spoken.total()
    if not speech_ms:
        return UNKNOWN
    speaker, longest_ms = spoken.most_common(1)[0]
    return speaker if longest_ms >= min_share * speech_ms else UNKNOWN


def alone(turn: SpeakerTurn, turns: Iterable[SpeakerTurn]) -> list[tuple[int, int]]:
    """The stretches (start_ms, end_ms) of a turn in which nobody else speaks."""
    others = sorted(
        (max(other.start_ms, turn.start_ms), min(other.end_ms, turn.end_ms))
        for other in turns
        if other is not turn and other.start_ms < turn.end_ms and other.end_ms > turn.start_ms
    )
    free, at = [], turn.start_ms
    for start, end in others:
        if start > at:
            free.append((at, start))
        at = max(at, end)
    return [*free, (at, turn.end_ms)] if at < turn.end_ms else free


def named_in_order(turns: Iterable[SpeakerTurn]) -> list[SpeakerTurn]:
    """Sorted by time, the speakers renamed "A", "B" … as they first appear; who is only guessed comes last."""
    ordered = sorted(turns, key=lambda turn: (turn.start_ms, turn.end_ms, turn.speaker))
    named = [turn.speaker for turn in ordered if turn.speaker != UNKNOWN]
    guessed = [turn.nearest for turn in ordered if turn.nearest is not None]
    names = {old: _letters(place) for place, old in enumerate(dict.fromkeys(named + guessed))}
    return [
        replace(
            turn,
            speaker=names.get(turn.speaker, UNKNOWN),
            nearest=None if turn.nearest is None else names[turn.nearest],
        )
        for turn in ordered
    ]


def as_guessed(turns: Iterable[SpeakerTurn]) -> list[SpeakerTurn]:
    """What the machine would have said, had it not been allowed to say unknown."""
    return [replace(turn, speaker=turn.nearest or turn.speaker, nearest=None) for turn in turns]


def _letters(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"A{place}"
