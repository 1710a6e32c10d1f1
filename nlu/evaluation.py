"""Measure how well matters are read on sentences that were never trained on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.language import LanguageTag
from nlu.examples import Example
from nlu.intents import IntentReader, Reading
from nlu.taxonomy import OUT_OF_SCOPE, Taxonomy

BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``right`` of ``total``."""

    right: int
    total: int

    @property
    def value(self) -> float | None:
        return self.right / self.total if self.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One sentence that was read as something else."""

    text: str
    expected: str
    read: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What the reader does with sentences it never saw.

    ``top1`` counts the likeliest topic of matters, however unsure; ``named`` and ``misnamed`` count matters named
    at the floor (the rest is answered "unknown"); ``unknown_out_of_scope`` and ``unknown_small_talk`` count how
    often no matter was named where there is none.
    """

    floor: float
    top1: Share
    by_language: tuple[tuple[LanguageTag, Share], ...]
    named: Share
    misnamed: Share
    unknown_out_of_scope: Share
    unknown_small_talk: Share
    mistakes: tuple[Mistake, ...]


async def evaluate(
    reader: IntentReader, taxonomy: Taxonomy, sentences: Sequence[Example], *, floor: float
) -> Evaluation:
    """Read every sentence and count."""
    readings: list[Reading] = []
    for start in range(0, len(sentences), BATCH):
        readings += await reader.read([s.text for s in sentences[start : start + BATCH]])
    pairs = list(zip(sentences, readings, strict=True))
    matters = [(s, r) for s, r in pairs if taxonomy.topic(s.topic_id).is_matter]
    talk = [r for s, r in pairs if not taxonomy.topic(s.topic_id).is_matter]
    strange = [r for s, r in pairs if s.topic_id == OUT_OF_SCOPE]
    unknown = [r for r in strange if not _named(r, floor)]
    languages = sorted({s.language for s, _ in matters})
    return Evaluation(
        floor=floor,
        top1=_share(_right(s, r) for s, r in matters),
        by_language=tuple(
            (tag, _share(_right(s, r) for s, r in matters if s.language == tag))
            for tag in languages
        ),
        named=_share(_named(r, floor) and _right(s, r) for s, r in matters),
        misnamed=_share(_named(r, floor) and not _right(s, r) for s, r in matters),
        unknown_out_of_scope=Share(right=len(unknown), total=len(strange)),
        unknown_small_talk=Share(
            right=sum(not _named(r, floor) for r in talk) - len(unknown),
            total=len(talk) - len(strange),
        ),
        mistakes=tuple(_mistake(s, r) for s, r in matters if not _right(s, r)),
    )


def _share(verdicts: Iterable[bool]) -> Share:
    known = list(verdicts)
    return Share(right=sum(known), total=len(known))


def _right(sentence: Example, reading: Reading) -> bool:
    return sentence.topic_id == reading.topic.topic_id


def _named(reading: Reading, floor: float) -> bool:
    return reading.topic.is_matter and reading.confidence >= floor


def _mistake(sentence: Example, reading: Reading) -> Mistake:
    return Mistake(
        text=sentence.text,
        expected=sentence.topic_id,
        read=reading.topic.topic_id,
        confidence=round(reading.confidence, 3),
    )
