"""Hold what a surveyed person answered and how the call ended."""

from dataclasses import dataclass
from enum import StrEnum

from domain.audio import Leg
from domain.ids import CampaignId, ContactId, SegmentId


class AnswerValue(StrEnum):
    """What a question can be answered with; numbers 1–5 appear as their digit in ``SurveyAnswer.value``."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"


class AnswerSource(StrEnum):
    """How it reached us."""

    SPEECH = "speech"
    KEYS = "keys"


class DialOutcome(StrEnum):
    """How one contact ended; only COMPLETED counts in the rates (三率口径)."""

    COMPLETED = "completed"
    REFUSED = "refused"  # said they do not want to answer
    HUNG_UP = (
        "hung_up"  # ended the call before the end; a hang-up revokes consent for this campaign
    )
    NO_SPEECH = "no_speech"  # answered, but nothing was ever said
    NO_ANSWER = "no_answer"  # rang out, busy, or the line could not be had
    UNCLEAR = "unclear"  # talked, but we did not understand; goes to a human return visit
    INTERRUPTED = "interrupted"  # our own process stopped mid-call; goes to a human, never redialled by the machine


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswer:
    """One confirmed answer; ``heard`` is what the person said or pressed."""

    question_id: str
    value: str
    source: AnswerSource
    heard: str
    segment_id: SegmentId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyResult:
    """How one contact's survey ended. ``leg`` names whose words the answers point at."""

    campaign_id: CampaignId
    contact_id: ContactId
    outcome: DialOutcome
    answers: tuple[SurveyAnswer, ...]
    leg: Leg = Leg.CALLER
