"""Decide what a caller's words are about, and admit when nobody can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.understanding import Intent
from nlu.taxonomy import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The likeliest topic of one text; ``confidence`` in [0, 1] is calibrated: 0.8 is right four times in five."""

    topic: Topic
    confidence: float


class IntentReader(Protocol):
    """Read topics out of texts."""

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order. Raises EngineError when the machine is lost."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """From ``sure`` on a matter is named, from ``plausible`` on it is worth looking up.

    What is small talk or nobody's matter from ``idle`` on is left at that.
    """

    sure: float
    plausible: float
    idle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was made of one utterance: the matter, if sure, and what to look up, if anything.

    ``carries_on``: the next utterance should be read together with it.
    """

    intent: Intent | None
    question: str | None
    carries_on: bool


NOTHING = Heard(intent=None, question=None, carries_on=False)
UNKNOWN = Heard(intent=None, question=None, carries_on=True)
Read = tuple[str, Reading]

# How many times better the odds of the window must be before it overrules an utterance that names a matter by itself:
# "弄丢了" after "社保卡" is 13 times surer in the window, the caller's next matter never more than twice
# (tests/integration/nlu/dialogues.yaml, 2026-11-21).
OVERRULES = 5.0
CERTAIN = 0.95  # a window needs this much to make a matter of somebody's name, address or flight


def weigh(
    alone: Read, windows: Sequence[Read], *, standing: str | None, floors: Floors, asks: bool
) -> Heard:
    """Judge an utterance by itself and by the caller's last few utterances with it.

    ``standing`` is the topic the caller was last understood to speak of. Telling one's details after a matter is
    no new matter; a sentence broken over two breaths is one only in the window.
    """
    text, reading = alone
    wider = max(windows, key=lambda read: read[1].confidence, default=None)
    in_window = wider if wider is not None and _is_matter(wider[1], floors.sure) else None
    news = in_window if in_window is not None and _topic(in_window) != standing else None
    if _is_idle(reading, floors.idle) and not _completes(news, reading):
        return NOTHING
    if _is_matter(reading, floors.sure) and not _overrules(in_window, reading):
        return Heard(intent=_intent(reading), question=text, carries_on=True)
    if in_window is not None:
        question = in_window[0] if news is not None or asks else None
        return Heard(intent=_intent(in_window[1]), question=question, carries_on=True)
    if asks or _is_matter(reading, floors.plausible):
        return Heard(intent=None, question=text, carries_on=True)
    return UNKNOWN


def _is_matter(reading: Reading, floor: float) -> bool:
    return reading.topic.is_matter and reading.confidence >= floor


def _is_idle(reading: Reading, floor: float) -> bool:
    return not reading.topic.is_matter and reading.confidence >= floor


def _completes(news: Read | None, details: Reading) -> bool:
    return details.topic.may_go_on and news is not None and _is_matter(news[1], CERTAIN)


def _topic(read: Read) -> str:
    return read[1].topic.topic_id


def _overrules(in_window: Read | None, alone: Reading) -> bool:
    if in_window is None or in_window[1].topic == alone.topic:
        return False
    return _odds(in_window[1]) >= OVERRULES * _odds(alone)


def _odds(reading: Reading) -> float:
    return reading.confidence / max(1.0 - reading.confidence, 1e-6)


def _intent(reading: Reading) -> Intent:
    return Intent(
        topic_id=reading.topic.topic_id,
        title_zh=reading.topic.title_zh,
        title_en=reading.topic.title_en,
        confidence=round(reading.confidence, 4),
    )
