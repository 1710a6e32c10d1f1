"""Fold facts into what helps the agent: where the call belongs, cards, and the ticket that fills itself."""

from collections.abc import Iterable, Sequence

from console.shapes import (
    Decision,
    EvidenceShape,
    Routing,
    Source,
    SuggestionShape,
    TicketDraftShape,
    TicketFieldShape,
)
from domain.events import CallRouted, Event, SuggestionOffered, TicketDrafted
from domain.ticket import Evidence, TicketDraft, TicketField
from tickets.labels import FIELD_LABELS


def routing(events: Sequence[Event]) -> Routing | None:
    """The newest decision, and those before it, newest first."""
    newest_first = [decision(event) for event in reversed(events) if isinstance(event, CallRouted)]
    if not newest_first:
        return None
    latest, *earlier = newest_first
    return Routing(**latest.model_dump(), earlier=earlier)


def decision(event: CallRouted) -> Decision:
    made = event.decision
    return Decision(
        queue=made.queue,
        rule_id=made.rule_id,
        reason_zh=made.reason_zh,
        reason_en=made.reason_en,
        inputs=dict(made.inputs),
        decided_at_ms=event.decided_at_ms,
    )


def suggestions(events: Iterable[Event]) -> list[SuggestionShape]:
    return [suggestion(event) for event in events if isinstance(event, SuggestionOffered)]


def suggestion(event: SuggestionOffered) -> SuggestionShape:
    offered, passage = event.suggestion, event.suggestion.passage
    return SuggestionShape(
        suggestion_id=offered.suggestion_id,
        title=passage.title,
        text=passage.text,
        language=passage.language,
        source=Source(
            article_id=passage.article_id,
            passage_id=passage.passage_id,
            title=passage.title,
            department=passage.department,
            version=passage.version,
        ),
        score=offered.score,
        band=offered.band,
        because_segment_id=offered.because_segment_id,
        card_latency_ms=event.card_latency_ms,
    )


def ticket_drafts(events: Iterable[Event]) -> list[TicketDraftShape]:
    """The highest revision of each ticket, in the order the tickets began."""
    newest: dict[str, TicketDraft] = {}
    for event in events:
        if isinstance(event, TicketDrafted):
            old = newest.get(event.draft.ticket_id)
            if old is None or old.revision <= event.draft.revision:
                newest[event.draft.ticket_id] = event.draft
    return [ticket_draft(draft) for draft in newest.values()]


def ticket_draft(draft: TicketDraft) -> TicketDraftShape:
    return TicketDraftShape(
        ticket_id=draft.ticket_id,
        state=draft.state,
        revision=draft.revision,
        fields=[_field(field) for field in draft.fields],
    )


def _field(field: TicketField) -> TicketFieldShape:
    label_zh, label_en = FIELD_LABELS.get(field.name, (field.name, field.name))
    return TicketFieldShape(
        name=field.name,
        label_zh=label_zh,
        label_en=label_en,
        value=field.value,
        evidence=[_evidence(words) for words in field.evidence],
    )


def _evidence(words: Evidence) -> EvidenceShape:
    return EvidenceShape(
        call_id=words.call_id,
        segment_id=words.segment_id,
        leg=words.leg,
        start_ms=words.start_ms,
        start_char=words.start_char,
        end_char=words.end_char,
        quote=words.quote,
    )
