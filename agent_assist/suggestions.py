"""Build what the desk shows: the answer, where it comes from, and the words that asked for it."""

from agent_assist.settings import AssistSettings
from agent_assist.triggers import Card, band_of
from domain.assistance import Suggestion
from domain.events import KnowledgeFound, SuggestionOffered
from domain.ids import CallId, SuggestionId


def card_from(found: KnowledgeFound, now_ms: int, settings: AssistSettings) -> Card | None:
    """The best passage as a card, or None when nothing found is good enough, or it comes too late, to show."""
    if not found.hits or _is_history(found, now_ms, settings):
        return None
    best = found.hits[0]
    band = band_of(best.score, settings)
    if band is None:
        return None
    return Card(
        hit=best,
        band=band,
        because_segment_id=found.segment_id,
        heard_at_ms=found.heard_at_ms,
        since_ms=now_ms,
    )


def _is_history(found: KnowledgeFound, now_ms: int, settings: AssistSettings) -> bool:
    """After a restart the log hands over what was missed."""
    return found.heard_at_ms is not None and now_ms - found.heard_at_ms > settings.late_ms


def offer(call_id: CallId, card: Card, now_ms: int) -> SuggestionOffered:
    """The same article in the same call always has the same id, so that a repeat never makes a second card."""
    return SuggestionOffered(
        call_id=call_id,
        suggestion=Suggestion(
            suggestion_id=SuggestionId(f"{call_id}.{card.hit.passage.article_id}"),
            passage=card.hit.passage,
            score=card.hit.score,
            band=card.band,
            because_segment_id=card.because_segment_id,
        ),
        card_latency_ms=None if card.heard_at_ms is None else now_ms - card.heard_at_ms,
    )
