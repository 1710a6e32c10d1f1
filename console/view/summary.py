"""Fold facts into one line of the list of calls."""

from collections.abc import Sequence

from console.shapes import CallSummary
from domain.audio import Leg
from domain.call import CallState
from domain.envelope import Envelope
from domain.errors import NotFound
from domain.events import (
    CallEnded,
    CallRouted,
    CallStarted,
    Event,
    LanguageGuessed,
    UtteranceUnderstood,
)
from domain.understanding import Urgency

SUMMARY_KINDS: tuple[type[Event], ...] = (
    CallStarted,
    CallEnded,
    LanguageGuessed,
    CallRouted,
    UtteranceUnderstood,
)
_MOST_URGENT_FIRST = (Urgency.URGENT, Urgency.PRESSING, Urgency.NORMAL)


def call_summary(facts: Sequence[Envelope]) -> CallSummary:
    """Facts of one call, in order. Raises NotFound when nothing says that it began."""
    began = next((fact for fact in facts if isinstance(fact.event, CallStarted)), None)
    if began is None or not isinstance(began.event, CallStarted):
        raise NotFound("console.call", "there is no such call; look in the list of calls")
    info = began.event.info
    end = next((fact for fact in facts if isinstance(fact.event, CallEnded)), None)
    ended = end.event if end is not None and isinstance(end.event, CallEnded) else None
    topic_zh, topic_en = _topic(facts)
    return CallSummary(
        call_id=info.call_id,
        state=CallState.LIVE if ended is None else CallState.ENDED,
        direction=info.direction,
        started_at=began.occurred_at,
        ended_at=None if end is None else end.occurred_at,
        end_reason=None if ended is None else ended.reason,
        duration_ms=None if ended is None else ended.duration_ms,
        title=info.title,
        synthetic=info.synthetic,
        caller_number=info.caller_number,
        language=_language(facts),
        queue=_queue(facts),
        topic_zh=topic_zh,
        topic_en=topic_en,
        urgency=_urgency(facts),
    )


def _language(facts: Sequence[Envelope]) -> str | None:
    for fact in reversed(facts):
        if isinstance(fact.event, LanguageGuessed) and fact.event.leg is Leg.CALLER:
            return fact.event.guess.language
    return None


def _queue(facts: Sequence[Envelope]) -> str | None:
    routed = (fact.event for fact in reversed(facts) if isinstance(fact.event, CallRouted))
    return next((event.decision.queue for event in routed), None)


def _topic(facts: Sequence[Envelope]) -> tuple[str | None, str | None]:
    """What the caller last talked about, in Chinese and English."""
    for fact in reversed(facts):
        event = fact.event
        if (
            isinstance(event, UtteranceUnderstood)
            and event.intent
            and event.segment.leg is Leg.CALLER
        ):
            return event.intent.title_zh, event.intent.title_en
    return None, None


def _urgency(facts: Sequence[Envelope]) -> Urgency | None:
    """The most urgent sign so far: what was once an emergency stays one until a person says otherwise."""
    seen = {
        fact.event.urgency.urgency
        for fact in facts
        if isinstance(fact.event, UtteranceUnderstood) and fact.event.urgency is not None
    }
    return next((urgency for urgency in _MOST_URGENT_FIRST if urgency in seen), None)
