"""Every fact ever written can be read again."""

import json

import pytest

from bus.codec import SCHEMA_VERSION, decode, encode, kind_of
from domain.errors import InputError
from domain.events import EVENT_KINDS, Event
from tests.fakes.story import A_PARTIAL, CALL, WHOLE_CALL, a_guess, an_understanding


@pytest.mark.parametrize(
    "event",
    [*WHOLE_CALL, A_PARTIAL, a_guess(None), an_understanding(topic=False, urgency=None)],
    ids=kind_of,
)
def test_an_event_comes_back_as_it_went(event: Event) -> None:
    assert decode(kind_of(event), SCHEMA_VERSION, encode(event)) == event


def test_every_kind_of_event_is_in_the_round_trip() -> None:
    assert {kind_of(event) for event in (*WHOLE_CALL, A_PARTIAL)} == set(EVENT_KINDS)


def test_a_fact_from_before_a_field_existed_takes_its_default() -> None:
    payload = json.dumps({"call_id": "c", "reason": "hung_up", "duration_ms": 5})

    event = decode("CallEnded", 1, payload)

    assert getattr(event, "detail", "missing") is None


def test_a_field_we_do_not_know_is_passed_over() -> None:
    payload = json.dumps({"call_id": "c", "reason": "hung_up", "duration_ms": 5, "mood": "fine"})

    assert kind_of(decode("CallEnded", 1, payload)) == "CallEnded"


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ('{"call_id": "c", "reason": "hung_up"}', "lacks duration_ms"),
        ('{"call_id": "c", "reason": "bored", "duration_ms": 5}', "bored"),
        ('{"call_id": "c", "reason": "hung_up", "duration_ms": "5"}', "int expected, str found"),
        ('{"call_id": "c", "reason": "hung_up", "duration_ms": true}', "int expected, bool found"),
        ("[]", "CallEnded"),
        ("{", "CallEnded"),
    ],
)
def test_what_is_not_a_fact_is_refused_with_the_reason(payload: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        decode("CallEnded", 1, payload)


def test_a_kind_or_version_we_do_not_know_is_refused() -> None:
    with pytest.raises(InputError, match="a kind of event we know"):
        decode("CallTeleported", 1, "{}")
    with pytest.raises(InputError, match="start the newer program"):
        decode("CallEnded", SCHEMA_VERSION + 1, "{}")


def test_spoken_words_stay_readable_in_the_log() -> None:
    assert "社保卡" in encode(WHOLE_CALL[4])
    assert WHOLE_CALL[4].call_id == CALL
