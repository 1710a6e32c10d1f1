"""Fold facts into the survey that a call carries out."""

from collections.abc import Iterable

from console.shapes import Answer, Survey
from domain.events import Event, SurveyAnswered, SurveyFinished
from domain.survey import SurveyAnswer


def survey(events: Iterable[Event]) -> Survey | None:
    """None when the call surveys nobody. The last answer to a question stands, and the result has the last word."""
    now: Survey | None = None
    for event in events:
        if isinstance(event, SurveyAnswered):
            given = [
                a for a in (now.answers if now else []) if a.question_id != event.answer.question_id
            ]
            now = Survey(
                campaign_id=event.campaign_id,
                contact_id=event.contact_id,
                outcome=None,
                answers=[*given, _answer(event.answer)],
            )
        elif isinstance(event, SurveyFinished):
            now = Survey(
                campaign_id=event.result.campaign_id,
                contact_id=event.result.contact_id,
                outcome=event.result.outcome,
                answers=[_answer(answer) for answer in event.result.answers],
            )
    return now


def _answer(answer: SurveyAnswer) -> Answer:
    return Answer(
        question_id=answer.question_id,
        value=answer.value,
        source=answer.source,
        heard=answer.heard,
        segment_id=answer.segment_id,
    )
