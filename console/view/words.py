"""Fold facts into what was said, in which language, and what it means."""

from collections.abc import Iterable, Sequence

from console.shapes import EntityShape, LanguageCandidate, LanguageShape, Segment, Understanding
from domain.events import Event, LanguageGuessed, TranscriptFinalised, UtteranceUnderstood
from domain.stages import Stages
from domain.transcript import Transcript, TranscriptSegment


def transcript(events: Iterable[Event]) -> list[Segment]:
    """The final segments in the order of time; partials are not in the log."""
    finals = [event for event in events if isinstance(event, TranscriptFinalised)]
    stages = {final.segment.segment_id: final.stages for final in finals}
    folded = Transcript.of(final.segment for final in finals).segments
    return [segment(said, stages[said.segment_id]) for said in folded]


def segment(said: TranscriptSegment, stages: Stages | None = None) -> Segment:
    return Segment(
        segment_id=said.segment_id,
        leg=said.leg,
        start_ms=said.start_ms,
        end_ms=said.end_ms,
        text=said.text,
        language=said.language,
        committed=said.committed,
        is_final=said.is_final,
        revision=said.revision,
        confidence=said.confidence,
        engine=said.engine,
        first_partial_ms=stages and stages.first_partial_latency_ms,
        final_ms=stages and stages.final_latency_ms,
    )


def languages(events: Sequence[Event]) -> list[LanguageShape]:
    """The latest guess of each leg first, then the older ones, newest first."""
    newest_first = [
        language(event) for event in reversed(events) if isinstance(event, LanguageGuessed)
    ]
    latest = {guess.leg: guess for guess in reversed(newest_first)}
    first = [guess for guess in newest_first if latest[guess.leg] is guess]
    return first + [guess for guess in newest_first if latest[guess.leg] is not guess]


def language(event: LanguageGuessed) -> LanguageShape:
    guess = event.guess
    return LanguageShape(
        leg=event.leg,
        language=guess.language,
        probability=guess.probability,
        candidates=[LanguageCandidate(language=tag, probability=p) for tag, p in guess.candidates],
        mixed=list(guess.mixed),
        decided_at_ms=event.decided_at_ms,
    )


def understandings(events: Iterable[Event]) -> list[Understanding]:
    return [understanding(event) for event in events if isinstance(event, UtteranceUnderstood)]


def understanding(event: UtteranceUnderstood) -> Understanding:
    intent = event.intent
    return Understanding(
        segment_id=event.segment.segment_id,
        topic_id=intent and intent.topic_id,
        topic_zh=intent and intent.title_zh,
        topic_en=intent and intent.title_en,
        confidence=intent and intent.confidence,
        urgency=event.urgency and event.urgency.urgency,
        entities=[
            EntityShape(
                kind=entity.kind,
                text=entity.text,
                value=entity.value,
                start_char=entity.start_char,
                end_char=entity.end_char,
            )
            for entity in event.entities
        ],
    )
