"""A survey that was killed in the middle goes on: nobody is called twice and nobody is forgotten."""

import json

import pytest

from tests.e2e.killed import Killed
from tests.e2e.survey import answers, contact, dialled

pytestmark = pytest.mark.weights

SURVEY_ENDS_WITHIN_S = 200.0


def test_nobody_on_the_list_is_called_twice_and_nobody_is_forgotten(killed: Killed) -> None:
    assert killed.survey.ends(SURVEY_ENDS_WITHIN_S) == 0, killed.survey.complained()
    campaign = json.loads(killed.survey.said())

    assert list(dialled(killed.product).values()) == [1, 1]
    assert campaign["state"] == "finished"
    assert contact(campaign, "c1")["outcome"] == "interrupted"
    assert contact(campaign, "c1")["needs_human"]
    assert contact(campaign, "c2")["outcome"] == "completed"
    assert answers(contact(campaign, "c2"))["solved"] == "no"


def test_a_no_reopens_the_ticket_that_was_drafted_before(killed: Killed) -> None:
    assert killed.survey.ends(SURVEY_ENDS_WITHIN_S) == 0, killed.survey.complained()

    (draft,) = killed.product.call(killed.before["call_id"])["ticket_drafts"]

    assert draft["state"] == "reopened"
    assert draft["ticket_id"] == killed.before["ticket_drafts"][0]["ticket_id"]
    (visit,) = [field for field in draft["fields"] if field["name"] == "return_visit"]
    (evidence,) = visit["evidence"]
    said = {
        line["segment_id"]: line for line in killed.product.call(evidence["call_id"])["transcript"]
    }
    words = said[evidence["segment_id"]]["text"]
    assert words[evidence["start_char"] : evidence["end_char"]] == evidence["quote"] != ""
