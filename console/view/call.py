"""Fold all facts of one call into its page."""

from collections.abc import Sequence

from console.shapes import CallView
from console.view.help import routing, suggestions, ticket_drafts
from console.view.latency import latency
from console.view.legs import keys, legs
from console.view.summary import call_summary
from console.view.survey import survey
from console.view.words import languages, transcript, understandings
from domain.envelope import Envelope


def call_view(facts: Sequence[Envelope], position: int) -> CallView:
    """Facts in order, complete up to ``position``. Raises NotFound when nothing says that the call began."""
    events = [fact.event for fact in facts]
    return CallView(
        **dict(call_summary(facts)),
        position=position,
        legs=legs(events),
        transcript=transcript(events),
        languages=languages(events),
        routing=routing(events),
        understandings=understandings(events),
        suggestions=suggestions(events),
        ticket_drafts=ticket_drafts(events),
        latency=latency(events),
        keys=keys(events),
        survey=survey(events),
    )
