"""Name things so that two ids of different kinds can never be mixed up."""

from typing import NewType

CallId = NewType("CallId", str)
SegmentId = NewType("SegmentId", str)
EventId = NewType("EventId", str)
ArticleId = NewType("ArticleId", str)
PassageId = NewType("PassageId", str)
SuggestionId = NewType("SuggestionId", str)
TicketId = NewType("TicketId", str)
CampaignId = NewType("CampaignId", str)
ContactId = NewType("ContactId", str)
