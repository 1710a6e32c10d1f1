"""Say what a fact means for the desk: the messages a browser should get."""

from collections.abc import Sequence
from typing import TypeVar

from console.shapes import Shape
from console.view import help as helping
from console.view import words
from console.view.legs import LEG_KINDS, key, legs
from console.view.summary import SUMMARY_KINDS, call_summary
from console.view.survey import survey
from console.wire import (
    CallMessage,
    CallNews,
    CampaignNews,
    KeyNews,
    LanguageNews,
    LegNews,
    News,
    RoutingNews,
    SegmentNews,
    SuggestionNews,
    SurveyNews,
    TicketDraftNews,
    UnderstandingNews,
)
from domain.envelope import Envelope
from domain.errors import NotFound
from domain.events import (
    EVENT_KINDS,
    CallRouted,
    Event,
    KeyPressed,
    LanguageGuessed,
    SuggestionOffered,
    SurveyAnswered,
    SurveyFinished,
    TicketDrafted,
    TranscriptFinalised,
    TranscriptRevised,
    UtteranceUnderstood,
)

M = TypeVar("M", bound=News)

# Facts without news are heard as well: they carry the position forward and keep the board without holes.
DESK_KINDS: tuple[type[Event], ...] = tuple(EVENT_KINDS.values())


def news(envelope: Envelope, known: Sequence[Envelope]) -> list[CallMessage]:
    """The messages for one event; ``known`` is what the board has about its call.

    Only the last of them carries the position: a browser that loses the line between two hears both again.
    """
    messages = [*_changed_summary(envelope, known), *_told(envelope, known)]
    if messages:
        messages[-1] = messages[-1].model_copy(update={"position": envelope.position})
    return messages


def _changed_summary(envelope: Envelope, known: Sequence[Envelope]) -> list[CallMessage]:
    if not isinstance(envelope.event, SUMMARY_KINDS):
        return []
    try:
        return [CallNews(**dict(call_summary(known)), position=None)]
    except (
        NotFound
    ):  # facts about a call whose beginning was never logged: there is no line to change
        return []


def _told(envelope: Envelope, known: Sequence[Envelope]) -> list[CallMessage]:
    event = envelope.event
    if isinstance(event, LEG_KINDS):
        now = next((leg for leg in legs(_events(known)) if leg.leg is event.leg), None)
        return [] if now is None else [_message(LegNews, envelope, now)]
    match event:
        case TranscriptRevised():
            return [_message(SegmentNews, envelope, words.segment(event.segment))]
        case TranscriptFinalised():
            return [_message(SegmentNews, envelope, words.segment(event.segment, event.stages))]
        case LanguageGuessed():
            return [_message(LanguageNews, envelope, words.language(event))]
        case UtteranceUnderstood():
            return [_message(UnderstandingNews, envelope, words.understanding(event))]
        case CallRouted():
            return [_message(RoutingNews, envelope, helping.decision(event))]
        case SuggestionOffered():
            return [_message(SuggestionNews, envelope, helping.suggestion(event))]
        case TicketDrafted():
            return [_message(TicketDraftNews, envelope, helping.ticket_draft(event.draft))]
        case KeyPressed():
            return [_message(KeyNews, envelope, key(event))]
        case SurveyAnswered() | SurveyFinished():
            return _surveyed(envelope, known)
        case _:
            return []


def _surveyed(envelope: Envelope, known: Sequence[Envelope]) -> list[CallMessage]:
    now = survey(_events(known))
    if now is None:
        return []
    changed = CampaignNews(position=None, call_id=envelope.call_id, campaign_id=now.campaign_id)
    return [changed, _message(SurveyNews, envelope, now)]


def _events(known: Sequence[Envelope]) -> list[Event]:
    return [fact.event for fact in known]


def _message(kind: type[M], envelope: Envelope, shape: Shape) -> M:
    return kind.model_validate({"position": None, "call_id": envelope.call_id, **dict(shape)})
