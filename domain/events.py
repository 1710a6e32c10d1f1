"""List every fact that may be published, grouped by the room that says it.

Facts are in the past tense. Old events keep decoding for ever: change by adding fields with defaults.
A fact is written to the event log before ``publish`` returns; a *volatile* event skips the log.
"""

from dataclasses import dataclass
from typing import ClassVar

from domain.assistance import Suggestion
from domain.audio import GapCause, Leg
from domain.call import CallInfo, EndReason, Party
from domain.ids import CallId, CampaignId, ContactId, SegmentId
from domain.knowledge import Hit
from domain.language import LanguageGuess
from domain.passage import PassageKind
from domain.routing import RoutingDecision
from domain.stages import Stages
from domain.survey import SurveyAnswer, SurveyResult
from domain.ticket import TicketDraft
from domain.transcript import TranscriptSegment
from domain.understanding import Entity, Intent, UrgencySign


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in a call."""

    volatile: ClassVar[bool] = False
    call_id: CallId


# media_gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted(Event):
    """A wire brought a call."""

    info: CallInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class LegJoined(Event):
    """One side can be heard; ``joined_at_ms`` is since the call began. On a seat that was left, somebody is there again."""

    leg: Leg
    sample_rate_hz: int
    joined_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLeft(Event):
    """A side went while the conversation goes on; ``left_at_ms`` is since the call began."""

    leg: Leg
    left_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegHeld(Event):
    """A side is on hold, or its fork is paused: what comes now is not listened to."""

    leg: Leg
    held_at_ms: int
    cause: GapCause = GapCause.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class LegResumed(Event):
    """A side that was held can be heard again."""

    leg: Leg
    resumed_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyNamed(Event):
    """Who sits on a leg from now on: known late, or changed by a transfer."""

    leg: Leg
    party: Party
    named_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(Event):
    """A telephone key (DTMF): one of 0-9 * # A-D."""

    leg: Leg
    key: str
    pressed_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingGapMarked(Event):
    """Samples that are missing from a recording or from recognition."""

    leg: Leg
    start_ms: int
    end_ms: int
    cause: GapCause
    listener: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRecorded(Event):
    """A leg's recording is complete on disk; ``recording`` is its key in the recording store."""

    leg: Leg
    recording: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Event):
    """The last fact the gateway says about a call."""

    reason: EndReason
    duration_ms: int
    detail: str | None = None


# asr


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageGuessed(Event):
    """A guess about one leg; ``decided_at_ms`` is since the leg began."""

    leg: Leg
    guess: LanguageGuess
    decided_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageMarked(Event):
    """A passage of a leg without words, and why: ``[hold 42 s]`` instead of invented text."""

    leg: Leg
    start_ms: int
    end_ms: int
    kind: PassageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptRevised(Event):
    """A partial: the newest per segment wins, losing one is fine."""

    volatile: ClassVar[bool] = True
    segment: TranscriptSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFinalised(Event):
    """The last revision of a segment. ``stages`` is None where nothing was recognised (the bot's own words)."""

    segment: TranscriptSegment
    stages: Stages | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegTranscribed(Event):
    """Everything a leg said has been finalised: no further segment of it will come.

    ``speech_ms`` became words; ``unreadable_ms`` is speech that was heard and is marked instead.
    """

    leg: Leg
    speech_ms: int
    unreadable_ms: int = 0


# nlu


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceUnderstood(Event):
    """What one final segment means. ``intent`` is None for unknown; ``question`` is what to look up, or None.

    ``heard_at_ms`` is the segment's ``speech_end_heard_ms``, carried on so that the card's latency can be told.
    """

    segment: TranscriptSegment
    intent: Intent | None
    urgency: UrgencySign | None
    entities: tuple[Entity, ...]
    question: str | None
    heard_at_ms: int | None = None


# kb_retrieval


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeFound(Event):
    """Passages for one utterance, best first."""

    segment_id: SegmentId
    question: str
    hits: tuple[Hit, ...]
    heard_at_ms: int | None = None


# agent_assist


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionOffered(Event):
    """A card for the desk; ``card_latency_ms`` runs from the end of the caller's phrase to this moment."""

    suggestion: Suggestion
    card_latency_ms: int | None = None


# acd


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRouted(Event):
    """A rule decided; a later decision replaces an earlier one. Beside a PBX this is advice."""

    decision: RoutingDecision
    decided_at_ms: int


# tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDrafted(Event):
    """The draft as it stands now; a higher revision replaces a lower one."""

    draft: TicketDraft


# outbound_bot


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered(Event):
    """One confirmed answer of a return visit."""

    campaign_id: CampaignId
    contact_id: ContactId
    answer: SurveyAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFinished(Event):
    """How the survey of one contact ended. ``ticket_ref`` is the ticket the visit was about, if the list named one."""

    result: SurveyResult
    ticket_ref: str | None = None


EVENT_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        CallStarted,
        LegJoined,
        LegLeft,
        LegHeld,
        LegResumed,
        PartyNamed,
        KeyPressed,
        RecordingGapMarked,
        LegRecorded,
        CallEnded,
        LanguageGuessed,
        TranscriptRevised,
        TranscriptFinalised,
        LegTranscribed,
        PassageMarked,
        UtteranceUnderstood,
        KnowledgeFound,
        SuggestionOffered,
        CallRouted,
        TicketDrafted,
        SurveyAnswered,
        SurveyFinished,
    )
}
