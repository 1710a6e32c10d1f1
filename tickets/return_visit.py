"""Reopen a ticket when the person it was for says that it is not solved."""

from collections.abc import Sequence
from dataclasses import replace

from domain.audio import Leg
from domain.events import SurveyFinished
from domain.ids import CallId, SegmentId
from domain.survey import SurveyAnswer
from domain.ticket import Evidence, TicketDraft, TicketState
from domain.transcript import TranscriptSegment
from tickets.claims import Claim, whole
from tickets.draft import settle

NOT_SOLVED = "未解决 / Not solved"


def refusal(finished: SurveyFinished, *, question: str, answer: str) -> SurveyAnswer | None:
    """The last answer to the question, if it was this one."""
    given = [a for a in finished.result.answers if a.question_id == question]
    return given[-1] if given and given[-1].value == answer else None


def reopened(draft: TicketDraft, words: Evidence) -> TicketDraft:
    """Reopening twice on the same words is reopening once."""
    claim = Claim(name="return_visit", value=NOT_SOLVED, evidence=(words,), replaces=True)
    settled = settle(draft, (claim,))
    return draft if settled is draft else replace(settled, state=TicketState.REOPENED)


def words_for(
    answer: SurveyAnswer, *, call_id: CallId, leg: Leg, said: Sequence[TranscriptSegment]
) -> Evidence:
    """The words behind an answer.

    Spoken: the segment the answer names. A key has no words, so the evidence is the machine's line it replied to,
    the last one before the answer was noted. Where the segments of the call were forgotten (a restart in between)
    what the survey noted as heard is quoted as it is, from the segment it names.
    """
    named = next((s for s in said if s.segment_id == answer.segment_id), None)
    if named is not None:
        return whole(named)
    asked = [s for s in said if s.leg is Leg.BOT]
    if answer.segment_id is None and asked:
        return whole(asked[-1])
    return Evidence(
        call_id=call_id,
        segment_id=answer.segment_id or SegmentId(f"{call_id}-{answer.question_id}"),
        leg=leg,
        start_ms=0,
        start_char=0,
        end_char=len(answer.heard),
        quote=answer.heard,
    )
