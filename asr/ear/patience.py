"""Decide how long a silence must last before somebody is taken to have finished."""

from collections import deque
from dataclasses import dataclass

from asr.ear.endings import Ending
from asr.settings import EndpointingSettings
from domain.language import LanguageTag

_KEPT_PAUSES = 40
_QUANTILE = 0.9
_HEADROOM = 1.2  # a little longer than this speaker's long pauses
_PRIOR_PAUSES = 5  # what is known of people in general counts like so many pauses of this one
_SHORTEST_PAUSE_MS = 90  # less is a stop consonant
_LONGEST_PAUSE_MS = 1_000  # more is a turn
_SHORT_ANSWER_MS = 700
_PACED_MAX = 1.25  # of the usual wait: pace alone never makes the desk wait for the longest
_COMPLETE, _GOES_ON, _SHORT = 0.75, 1.6, 0.85

# The 90th percentile of the pauses inside read and telephone speech, 200 s a language, was 320 ms in zh, 400 to 480
# in ru, ja and es, 550 in fr and 660 in en (2026-11-22); the wait leans half the way.
_LANGUAGE_PAUSE: dict[LanguageTag | None, float] = {
    LanguageTag("zh"): 0.9,
    LanguageTag("fr"): 1.1,
    LanguageTag("en"): 1.1,
}


class Pace:
    """How one leg pauses while it speaks: the pauses after which it went on."""

    def __init__(self) -> None:
        self._pauses_ms: deque[int] = deque(maxlen=_KEPT_PAUSES)

    def note(self, pause_ms: int) -> None:
        if _SHORTEST_PAUSE_MS <= pause_ms <= _LONGEST_PAUSE_MS:
            self._pauses_ms.append(pause_ms)

    def blended(self, usual_ms: float) -> float:
        """The wait that suits this speaker, leaning on the usual one while little was heard."""
        if not self._pauses_ms:
            return usual_ms
        ranked = sorted(self._pauses_ms)
        long_ms = ranked[min(len(ranked) - 1, int(len(ranked) * _QUANTILE))] * _HEADROOM
        count = len(ranked)
        return (usual_ms * _PRIOR_PAUSES + long_ms * count) / (_PRIOR_PAUSES + count)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSoFar:
    """What is known of an utterance in a pause. ``ending`` judges its last words, if they were read in time."""

    speech_ms: int
    language: LanguageTag | None = None
    ending: Ending = Ending.UNTOLD


def wait_ms(said: SaidSoFar, pace: Pace, settings: EndpointingSettings) -> int:
    """The silence after which the utterance is over.

    Short answers end sooner, a sentence that sounds complete too; numbers and conjunctions hold the turn.
    """
    low, high, usual = (
        settings.end_silence_min_ms,
        settings.end_silence_max_ms,
        settings.end_silence_ms,
    )
    wait = min(pace.blended(usual * _LANGUAGE_PAUSE.get(said.language, 1.0)), usual * _PACED_MAX)
    if said.ending is Ending.GOES_ON:
        wait = max(wait, usual) * _GOES_ON
    elif said.ending is Ending.COMPLETE:
        wait *= _COMPLETE
    elif said.speech_ms < _SHORT_ANSWER_MS:
        wait *= _SHORT
    return round(min(max(wait, low), high))
