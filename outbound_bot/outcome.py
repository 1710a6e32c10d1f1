"""Count a campaign: the three published rates, each with its denominator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.survey import AnswerValue, DialOutcome, SurveyAnswer
from outbound_bot.script import Question, Rate, Script

# What counts towards each rate. A confirmed hedge ("mostly") is 基本解决 and counts as solved, as 12345 services
# publish it; satisfied means 4 or 5 of 5 where a scale was asked.
COUNTS: dict[Rate, tuple[str, ...]] = {
    Rate.CONTACTED: (AnswerValue.YES,),
    Rate.SOLVED: (AnswerValue.YES, AnswerValue.PARTLY),
    Rate.SATISFIED: (AnswerValue.YES, "4", "5"),
}
FOR_A_PERSON = (DialOutcome.UNCLEAR, DialOutcome.INTERRUPTED)
TRY_AGAIN = (
    DialOutcome.NO_ANSWER,
    DialOutcome.NO_SPEECH,
)  # not reached; a refusal or hang-up ends it


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFigure:
    """``value`` is a share of ``n`` surveyed people; None when nobody was surveyed."""

    value: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """How one contact ended, and what they answered."""

    outcome: DialOutcome | None
    answers: tuple[SurveyAnswer, ...]


def rates(script: Script, surveyed: Iterable[Surveyed]) -> dict[Rate, RateFigure]:
    """Only completed surveys count; refused, not reached, unclear and interrupted stay out of every denominator."""
    completed = [person for person in surveyed if person.outcome is DialOutcome.COMPLETED]
    return {rate: _figure(rate, _questions(script, rate), completed) for rate in Rate}


def needs_human(script: Script, outcome: DialOutcome, answers: Sequence[SurveyAnswer]) -> bool:
    """Whether a person must make the return visit: nobody understood, we were cut off, or a "no" that escalates."""
    escalating = {question.question_id for question in script.questions if question.escalates}
    return outcome in FOR_A_PERSON or any(
        answer.question_id in escalating and answer.value in (AnswerValue.NO, "1", "2")
        for answer in answers
    )


def _questions(script: Script, rate: Rate) -> list[Question]:
    return [question for question in script.questions if question.rate is rate]


def _figure(rate: Rate, questions: list[Question], completed: list[Surveyed]) -> RateFigure:
    asked = {question.question_id for question in questions}
    values = [
        answer.value
        for person in completed
        for answer in person.answers
        if answer.question_id in asked
    ]
    hits = sum(value in COUNTS[rate] for value in values)
    return RateFigure(value=round(hits / len(values), 4) if values else None, n=len(values))
