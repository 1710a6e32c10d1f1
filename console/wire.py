"""Describe what the desk socket says: one JSON message per line of news.

``position`` is where to resume (`/api/desk?after=`): null means "not yet", because more of the same fact follows or
because a partial is not in the log. Merging is idempotent, so hearing something twice does no harm.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from console.shapes import (
    CallSummary,
    Decision,
    Key,
    LanguageShape,
    LegShape,
    Segment,
    Shape,
    SuggestionShape,
    Survey,
    TicketDraftShape,
    Understanding,
)


class News(Shape):
    """What every message has."""

    position: int | None
    call_id: str


class CallNews(CallSummary):
    """A call began, changed its summary, or ended."""

    type: Literal["call"] = "call"
    position: int | None


class SegmentNews(News, Segment):
    """Words: partials while somebody speaks, then one final."""

    type: Literal["segment"] = "segment"


class LanguageNews(News, LanguageShape):
    """A newer guess about a leg."""

    type: Literal["language"] = "language"


class RoutingNews(News, Decision):
    """A decision that replaces the earlier ones."""

    type: Literal["routing"] = "routing"


class UnderstandingNews(News, Understanding):
    """What a final segment means."""

    type: Literal["understanding"] = "understanding"


class SuggestionNews(News, SuggestionShape):
    """A card."""

    type: Literal["suggestion"] = "suggestion"


class TicketDraftNews(News, TicketDraftShape):
    """The draft as it stands now."""

    type: Literal["ticket_draft"] = "ticket_draft"


class LegNews(News, LegShape):
    """A leg as it stands now."""

    type: Literal["leg"] = "leg"


class KeyNews(News, Key):
    """A telephone key was pressed."""

    type: Literal["key"] = "key"


class SurveyNews(News, Survey):
    """The survey of this call as it stands now."""

    type: Literal["survey"] = "survey"


class CampaignNews(News):
    """Something changed in a campaign; ask `/api/campaigns` for it."""

    type: Literal["campaign"] = "campaign"
    campaign_id: str


class Heartbeat(Shape):
    """Nothing else to say; we are still here and you are up to date with ``position``."""

    type: Literal["heartbeat"] = "heartbeat"
    position: int | None
    call_id: None = None


CallMessage = (
    CallNews
    | SegmentNews
    | LanguageNews
    | RoutingNews
    | UnderstandingNews
    | SuggestionNews
    | TicketDraftNews
    | LegNews
    | KeyNews
    | SurveyNews
    | CampaignNews
)
DeskMessage = Annotated[CallMessage | Heartbeat, Field(discriminator="type")]
DESK_MESSAGE: TypeAdapter[DeskMessage] = TypeAdapter(DeskMessage)
