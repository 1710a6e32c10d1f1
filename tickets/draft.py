"""Fold what was understood into a ticket draft: (draft, evidence) → draft."""

from collections.abc import Iterable
from dataclasses import replace

from domain.events import UtteranceUnderstood
from domain.ids import CallId, TicketId
from domain.language import LanguageTag
from domain.ticket import TicketDraft, TicketField, TicketState
from tickets.claims import Claim, claims
from tickets.labels import FIELD_ORDER

EVIDENCE_PER_FIELD = 3
SAID_ONCE = ("language", "urgency", "description")  # saying it again adds nothing to a ticket


def ticket_id_for(call_id: CallId) -> TicketId:
    """One draft a call, and the same one after a restart."""
    return TicketId(f"t-{call_id}")


def empty_draft(call_id: CallId) -> TicketDraft:
    return TicketDraft(
        ticket_id=ticket_id_for(call_id), call_id=call_id, state=TicketState.DRAFT, revision=0
    )


def fold(
    draft: TicketDraft, understood: UtteranceUnderstood, *, language: LanguageTag | None = None
) -> TicketDraft:
    """The draft with what this utterance adds, or the very same draft when it adds nothing.

    Folding an utterance twice is folding it once. A call whose language is all we know has no ticket yet.
    """
    settled = settle(draft, claims(understood, draft, language))
    return draft if all(field.name == "language" for field in settled.fields) else settled


def settle(draft: TicketDraft, made: Iterable[Claim]) -> TicketDraft:
    """Put claims in, one after the other; the revision rises by one when anything changed."""
    fields = {field.name: field for field in draft.fields}
    for claim in made:
        fields[claim.name] = _settled(fields.get(claim.name), claim)
    ordered = tuple(fields[name] for name in FIELD_ORDER if name in fields)
    if ordered == draft.fields:
        return draft
    return replace(draft, fields=ordered, revision=draft.revision + 1)


def _settled(old: TicketField | None, claim: Claim) -> TicketField:
    if old is None or (old.value != claim.value and claim.replaces):
        return TicketField(name=claim.name, value=claim.value, evidence=claim.evidence)
    if old.value != claim.value or claim.name in SAID_ONCE:
        return old
    new = tuple(e for e in claim.evidence if e not in old.evidence)
    return replace(old, evidence=(*old.evidence, *new)[:EVIDENCE_PER_FIELD])
