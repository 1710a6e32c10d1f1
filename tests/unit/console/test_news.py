"""Each fact becomes the messages that bring an open page up to date."""

from dataclasses import replace

import pytest

from console.news import news
from domain.events import CallEnded, KnowledgeFound
from tests.fakes.story import A_PARTIAL, WHOLE_CALL, posted

FACTS = posted(WHOLE_CALL)


@pytest.mark.parametrize("number", range(len(FACTS)), ids=lambda n: type(WHOLE_CALL[n]).__name__)
def test_only_the_last_message_of_a_fact_carries_its_position(number: int) -> None:
    messages = news(FACTS[number], FACTS[: number + 1])

    if messages:
        assert [m.position for m in messages[:-1]] == [None] * (len(messages) - 1)
        assert messages[-1].position == FACTS[number].position
        assert all(m.call_id == "call-1" for m in messages)


def types_of(number: int) -> list[str]:
    return [message.type for message in news(FACTS[number], FACTS[: number + 1])]


def test_a_call_is_told_fact_by_fact() -> None:
    told = [types_of(number) for number in range(len(FACTS))]

    assert told == [
        ["call"],
        ["leg"],
        ["leg"],
        ["call", "language"],
        ["segment"],
        ["call", "understanding"],
        [],  # what was found is shown only once it is offered
        ["suggestion"],
        ["call", "routing"],
        ["ticket_draft"],
        ["key"],
        ["leg"],
        ["leg"],
        ["campaign", "survey"],
        ["campaign", "survey"],
        ["leg"],
        ["leg"],  # music,
        ["leg"],  # on hold,
        ["leg"],  # back,
        ["leg"],  # somebody else on it,
        ["leg"],  # gone
        ["call"],
    ]


def test_a_partial_has_no_position() -> None:
    partial = replace(posted([A_PARTIAL])[0], seq=None, position=None)

    (message,) = news(partial, [])

    assert (message.type, message.position) == ("segment", None)


def test_a_leg_is_told_as_it_stands_with_its_gaps_and_recording() -> None:
    (gap,) = news(FACTS[11], FACTS[:12])
    (recorded,) = news(FACTS[12], FACTS[:13])

    assert gap.model_dump()["gaps"][0]["listener"] == "recording"
    assert recorded.model_dump()["recording"].endswith("/caller.wav")


def test_facts_about_a_call_whose_beginning_is_unknown_change_no_line() -> None:
    (end,) = posted([event for event in WHOLE_CALL if isinstance(event, CallEnded)])
    (found,) = posted([event for event in WHOLE_CALL if isinstance(event, KnowledgeFound)])

    assert news(end, [end]) == []
    assert news(found, [found]) == []
