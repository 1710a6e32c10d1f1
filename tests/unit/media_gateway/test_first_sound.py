"""A leg's first sound lies where the conversation is by then, whatever connecting took."""

from domain.audio import Leg
from domain.ids import CallId
from media_gateway.first_sound import FirstSound
from media_gateway.fork import Fork
from tests.fakes.clock import FakeClock


def a_fork(leg: Leg = Leg.AGENT) -> Fork:
    return Fork(call_id=CallId("call"), leg=leg, sample_rate_hz=8_000)


def test_a_line_that_took_a_second_to_connect_begins_a_second_later() -> None:
    clock = FakeClock()
    first = FirstSound(forks=(a_fork(),), joined_at_ms=5_000, clock=clock)
    clock.advance(1_000)

    assert first.is_due(0)
    assert first.missed(0, 6_000) == {0: 8_000}
    assert not first.is_due(0)


def test_two_packets_are_no_delay() -> None:
    clock = FakeClock()
    first = FirstSound(forks=(a_fork(),), joined_at_ms=0, clock=clock)
    clock.advance(40)

    assert first.missed(0, 40) == {}


def test_what_others_brought_in_a_burst_did_not_take_time() -> None:
    clock = FakeClock()
    first = FirstSound(forks=(a_fork(),), joined_at_ms=0, clock=clock)
    clock.advance(500)

    assert first.missed(0, 30_000) == {0: 4_000}


def test_both_streams_of_a_late_line_are_late_together() -> None:
    clock = FakeClock()
    forks = (a_fork(Leg.CALLER), a_fork())
    first = FirstSound(forks=forks, joined_at_ms=0, clock=clock)
    clock.advance(900)
    missed = first.missed(1, 900)
    for stream, samples in missed.items():
        forks[stream].feed(bytes(2 * samples), heard_at_ms=0)
    clock.advance(100)

    assert missed == {0: 7_200, 1: 7_200}
    assert first.missed(0, 1_000) == {}


def test_a_stream_whose_person_picks_up_later_begins_later() -> None:
    clock = FakeClock()
    first = FirstSound(forks=(a_fork(Leg.CALLER), a_fork()), joined_at_ms=0, clock=clock)

    assert first.missed(0, 0) == {}
    clock.advance(3_000)
    assert first.missed(1, 3_000) == {1: 24_000}
