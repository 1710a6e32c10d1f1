"""A conversation gives each line its legs, and a leg's sound stays in one place when people come and go."""

import pytest

from domain.audio import GapCause, Leg
from domain.errors import Refused
from domain.ids import CallId
from media_gateway.seats import Seats

SECOND = bytes(16_000)


def some_seats() -> Seats:
    return Seats(call_id=CallId("call"))


def test_two_agents_at_once_have_a_leg_each() -> None:
    seats = some_seats()

    first = seats.take((Leg.AGENT,), 8_000)
    second = seats.take((Leg.AGENT,), 8_000)

    assert [fork.leg for fork in (*first, *second)] == [Leg.AGENT, Leg.AGENT_2]


def test_after_a_transfer_the_second_agent_goes_on_where_the_first_left_off() -> None:
    seats = some_seats()
    caller, agent = seats.take((Leg.CALLER, Leg.AGENT), 8_000)
    tap = agent.tap(bound_ms=60_000, block_ms=100, cause=GapCause.OVERFLOW)
    agent.feed(SECOND, heard_at_ms=0)
    seats.leave((Leg.AGENT,))
    for _ in range(5):
        caller.feed(SECOND, heard_at_ms=0)

    (again,) = seats.take((Leg.AGENT,), 8_000)
    again.feed(SECOND, heard_at_ms=0)

    assert again is agent
    assert agent.samples == 6 * 8_000
    assert tap.is_ready
    assert seats.end_ms == 6_000


def test_a_successor_whose_sound_has_another_rate_gets_a_leg_of_its_own() -> None:
    seats = some_seats()
    seats.take((Leg.AGENT,), 8_000)
    seats.leave((Leg.AGENT,))

    (wideband,) = seats.take((Leg.AGENT,), 16_000)

    assert wideband.leg is Leg.AGENT_2


def test_who_joins_later_begins_at_the_conversations_time() -> None:
    seats = some_seats()
    (caller,) = seats.take((Leg.CALLER,), 8_000)
    for _ in range(3):
        caller.feed(SECOND, heard_at_ms=0)

    (agent,) = seats.take((Leg.AGENT,), 16_000)
    agent.feed(bytes(32_000), heard_at_ms=0)

    assert agent.samples == 16_000
    assert seats.end_ms == 4_000


def test_a_line_for_which_there_is_no_seat_takes_none_at_all() -> None:
    seats = some_seats()
    for _ in range(2):
        seats.take((Leg.SUPERVISOR,), 8_000)

    with pytest.raises(Refused, match="every seat for another supervisor"):
        seats.take((Leg.CALLER, Leg.SUPERVISOR), 8_000)

    assert not seats.is_taken(Leg.CALLER)


def test_a_numbered_leg_is_of_its_role() -> None:
    assert Leg.AGENT_3.role is Leg.AGENT
    assert Leg.CALLER.role is Leg.CALLER
