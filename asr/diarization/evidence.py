"""Weigh whether a turn sounds like the speaker it was given to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from asr.diarization.turns import UNKNOWN, SpeakerTurn

Voice = NDArray[np.float32]  # (dimension,): where a voice lies; compared by angle


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Cosine distances of one turn: to the voice it was given to, and to the nearest other one, None without one."""

    own: float
    next: float | None

    @property
    def lead(self) -> float:
        """How much nearer its own voice is; negative when another is nearer, infinite when there is none."""
        return inf if self.next is None else self.next - self.own

    @property
    def confidence(self) -> float | None:
        """The lead as a share of the distance to the other voice, in [0, 1]."""
        if not self.next:
            return None
        return float(np.clip(self.lead / self.next, 0.0, 1.0))


def margins(heard: Voice, speaker: str, voices: Mapping[str, Voice]) -> Margins | None:
    """None when the turn or its own voice has no place; other voices without one (hardly heard) do not count."""
    distances = {name: _distance(heard, voice) for name, voice in voices.items()}
    own = distances.pop(speaker)
    others = [distance for distance in distances.values() if isfinite(distance)]
    return Margins(own=own, next=min(others, default=None)) if isfinite(own) else None


def judged(
    turn: SpeakerTurn, heard: Voice | None, voices: Mapping[str, Voice], *, min_margin: float
) -> SpeakerTurn:
    """The turn with its confidence, or as `UNKNOWN` when its own sound does not bear the name.

    ``heard`` is None for a turn with too little sound of its own. In a recording with one voice nothing is doubted.
    """
    if len(voices) == 1:
        return turn
    weighed = None if heard is None else margins(heard, turn.speaker, voices)
    if weighed is None or weighed.lead < min_margin:
        confidence = None if weighed is None else 0.0
        return replace(turn, speaker=UNKNOWN, confidence=confidence, nearest=turn.speaker)
    return replace(turn, confidence=weighed.confidence)


def unless_one_voice_swallowed_all(turns: Sequence[SpeakerTurn]) -> list[SpeakerTurn]:
    """The turns of a recording with several speakers; all unknown when fewer than two of them could be confirmed.

    Clustering that takes two people for one puts them into one voice and a scrap of overlap into the other; the voice
    is then a mixture, to which the turns of both lie near (seen on a piece of 14 s).
    """
    if len({turn.speaker for turn in turns} - {UNKNOWN}) >= 2:
        return list(turns)
    return [
        replace(turn, speaker=UNKNOWN, confidence=0.0, nearest=turn.nearest or turn.speaker)
        for turn in turns
    ]


def _distance(a: Voice, b: Voice) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(1 - np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))
