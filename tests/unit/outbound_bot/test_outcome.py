"""The three rates count what they say they count."""

import pytest

from domain.survey import AnswerSource, DialOutcome, SurveyAnswer
from outbound_bot.outcome import RateFigure, Surveyed, needs_human, rates
from outbound_bot.script import Rate, Script


def answer(question_id: str, value: str) -> SurveyAnswer:
    return SurveyAnswer(
        question_id=question_id, value=value, source=AnswerSource.SPEECH, heard="…", segment_id=None
    )


def person(outcome: DialOutcome | None, **values: str) -> Surveyed:
    return Surveyed(outcome=outcome, answers=tuple(answer(*item) for item in values.items()))


def test_a_confirmed_hedge_counts_as_solved_but_not_as_satisfied(script: Script) -> None:
    figures = rates(
        script,
        [
            person(DialOutcome.COMPLETED, contacted="yes", solved="partly", satisfied="partly"),
            person(DialOutcome.COMPLETED, contacted="no", solved="no", satisfied="yes"),
        ],
    )

    assert figures == {
        Rate.CONTACTED: RateFigure(value=0.5, n=2),
        Rate.SOLVED: RateFigure(value=0.5, n=2),
        Rate.SATISFIED: RateFigure(value=0.5, n=2),
    }


@pytest.mark.parametrize("outcome", [*(set(DialOutcome) - {DialOutcome.COMPLETED}), None])
def test_only_completed_surveys_are_in_a_denominator(
    script: Script, outcome: DialOutcome | None
) -> None:
    figures = rates(script, [person(outcome, contacted="yes", solved="no")])

    assert set(figures.values()) == {RateFigure(value=None, n=0)}


@pytest.mark.parametrize(
    ("outcome", "values", "expected"),
    [
        (DialOutcome.COMPLETED, {"satisfied": "yes"}, False),
        (DialOutcome.COMPLETED, {"satisfied": "no"}, True),
        (DialOutcome.COMPLETED, {"solved": "no"}, False),  # reopens its ticket instead
        (DialOutcome.UNCLEAR, {}, True),
        (DialOutcome.INTERRUPTED, {}, True),
        (DialOutcome.REFUSED, {}, False),
        (DialOutcome.HUNG_UP, {"satisfied": "no"}, True),
    ],
)
def test_who_is_handed_to_a_person(
    script: Script, outcome: DialOutcome, values: dict[str, str], expected: bool
) -> None:
    assert needs_human(script, outcome, person(outcome, **values).answers) is expected
