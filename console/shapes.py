"""Describe a call as pages and programs see it; snake_case JSON, times in milliseconds, unknown is null."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.assistance import Band
from domain.audio import GapCause, Leg
from domain.call import CallState, Direction, EndReason
from domain.passage import PassageKind
from domain.survey import AnswerSource, DialOutcome
from domain.ticket import TicketState
from domain.understanding import EntityKind, Urgency


class Shape(BaseModel):
    """Anything that leaves the house; never changed after it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CallSummary(Shape):
    """One line in the list of calls."""

    call_id: str
    state: CallState
    direction: Direction
    started_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None
    duration_ms: int | None
    title: str | None
    synthetic: bool = Field(description="a demonstration call whose speech was generated")
    caller_number: str | None
    language: str | None = Field(description="the caller's, as last guessed; null for unknown")
    queue: str | None
    topic_zh: str | None
    topic_en: str | None
    urgency: Urgency | None


class Gap(Shape):
    """Sound that is missing, and for whom."""

    start_ms: int
    end_ms: int
    cause: GapCause
    listener: str


class Passage(Shape):
    """A stretch of a leg without words, and why; times count as the leg's gaps do."""

    start_ms: int
    end_ms: int
    kind: PassageKind


class PartyShape(Shape):
    """Who sat on a leg from a moment of the call on, as far as the telephone system says."""

    name: str | None
    number: str | None
    since_ms: int


class LegShape(Shape):
    """One side of a call. All other times of the leg count from ``joined_at_ms`` of the call.

    ``presence`` is as of now; ``parties`` has more than one entry after a transfer.
    """

    leg: Leg
    sample_rate_hz: int
    joined_at_ms: int
    duration_ms: int | None
    recording: str | None = Field(description="address of the WAV file")
    gaps: list[Gap]
    passages: list[Passage] = Field(description="what sounded where there are no words")
    transcribed: bool
    presence: Literal["present", "held", "paused", "left"]
    parties: list[PartyShape]


class Segment(Shape):
    """One utterance as heard so far. A final replaces every partial; among partials the higher revision wins.

    The first ``committed`` characters of ``text`` never change.
    On finals: how long after the speech began its first partial came, and after its end the final; null if unmeasured.
    """

    segment_id: str
    leg: Leg
    start_ms: int
    end_ms: int
    text: str
    language: str | None
    committed: int
    is_final: bool
    revision: int
    confidence: float | None
    engine: str
    first_partial_ms: int | None
    final_ms: int | None


class LanguageCandidate(Shape):
    """A language and how likely it is."""

    language: str
    probability: float


class LanguageShape(Shape):
    """A guess about one leg; language null says that nobody could tell."""

    leg: Leg
    language: str | None
    probability: float
    candidates: list[LanguageCandidate]
    mixed: list[str] = Field(
        description="the languages the speaker goes to and fro between; empty when there is one"
    )
    decided_at_ms: int


class Decision(Shape):
    """Where the call should go, by which rule, from which facts."""

    queue: str
    rule_id: str
    reason_zh: str
    reason_en: str
    inputs: dict[str, str]
    decided_at_ms: int


class Routing(Decision):
    """The decision that stands, and those it replaced, newest first."""

    earlier: list[Decision]


class EntityShape(Shape):
    """Something named; positions count Unicode code points of the segment's text."""

    kind: EntityKind
    text: str
    value: str
    start_char: int
    end_char: int


class Understanding(Shape):
    """What one final segment means; a null topic says that it fits none we know."""

    segment_id: str
    topic_id: str | None
    topic_zh: str | None
    topic_en: str | None
    confidence: float | None
    urgency: Urgency | None
    entities: list[EntityShape]


class Source(Shape):
    """Where a suggestion comes from, and who signed its wording off."""

    article_id: str
    passage_id: str
    title: str
    department: str
    version: str


class SuggestionShape(Shape):
    """An answer worth showing, with its source and the utterance that asked for it."""

    suggestion_id: str
    title: str
    text: str
    language: str
    source: Source
    score: float
    band: Band
    because_segment_id: str
    card_latency_ms: int | None


class EvidenceShape(Shape):
    """The words a ticket field was read from; positions count Unicode code points."""

    call_id: str
    segment_id: str
    leg: Leg
    start_ms: int
    start_char: int
    end_char: int
    quote: str


class TicketFieldShape(Shape):
    """One filled field with its name in both languages."""

    name: str
    label_zh: str
    label_en: str
    value: str
    evidence: list[EvidenceShape]


class TicketDraftShape(Shape):
    """What the ticket would say if it were sent now; a higher revision replaces a lower one."""

    ticket_id: str
    state: TicketState
    revision: int
    fields: list[TicketFieldShape]


class Percentiles(Shape):
    """Half of the figures are at most p50, 95 of 100 at most p95; null when there are none."""

    p50: int | None
    p95: int | None
    n: int


class Latency(Shape):
    """How long people waited to see words and cards in this call."""

    first_partial_ms: Percentiles
    final_ms: Percentiles
    card_ms: Percentiles


class Key(Shape):
    """A telephone key."""

    leg: Leg
    key: str
    pressed_at_ms: int


class Answer(Shape):
    """One confirmed answer of a survey and what was heard."""

    question_id: str
    value: str
    source: AnswerSource
    heard: str
    segment_id: str | None


class Survey(Shape):
    """The survey that this call carries out; outcome null while it goes on."""

    campaign_id: str
    contact_id: str
    outcome: DialOutcome | None
    answers: list[Answer]


class CallView(CallSummary):
    """Everything known about one call up to ``position`` of the event log."""

    position: int
    legs: list[LegShape]
    transcript: list[Segment]
    languages: list[LanguageShape] = Field(
        description="the latest of each leg first, older ones after"
    )
    routing: Routing | None
    understandings: list[Understanding]
    suggestions: list[SuggestionShape]
    ticket_drafts: list[TicketDraftShape]
    latency: Latency
    keys: list[Key]
    survey: Survey | None


class CallsPage(Shape):
    """The newest calls, complete up to ``position`` of the event log; listen on the desk socket from there."""

    calls: list[CallSummary]
    position: int


class Problem(Shape):
    """A stable code and one sentence that says what to do."""

    code: str
    message: str


class ProblemPage(Shape):
    """The body of every error."""

    error: Problem
