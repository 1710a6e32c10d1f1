"""The call's clock counts samples; too much sound and too many texts are noticed, honest bursts are not."""

import pytest

from domain.audio import Leg
from domain.call import EndReason
from domain.ids import CallId
from media_gateway.counters import GatewayCounters
from media_gateway.ending import CallOver
from media_gateway.fork import Fork
from media_gateway.hearing import Hearing
from media_gateway.settings import GatewaySettings
from tests.fakes.clock import FakeClock

SECOND = bytes(16_000)


class Ear:
    def __init__(self, **limits: int) -> None:
        self.clock = FakeClock()
        self.counters = GatewayCounters()
        self.hearing = Hearing(
            call_id=CallId("call"),
            forks=(Fork(call_id=CallId("call"), leg=Leg.CALLER, sample_rate_hz=8_000),),
            settings=GatewaySettings(**limits),
            clock=self.clock,
            counters=self.counters,
        )


def test_a_switch_that_catches_its_breath_is_no_flood() -> None:
    ear = Ear(burst_ms=5_000)

    for _ in range(5):
        ear.hearing.take(SECOND)

    assert ear.hearing.now_ms == 5_000


def test_far_more_sound_than_time_is_a_flood() -> None:
    ear = Ear(burst_ms=5_000)

    for _ in range(5):
        ear.hearing.take(SECOND)

    with pytest.raises(CallOver) as over:
        ear.hearing.take(SECOND)

    assert over.value.ending.reason is EndReason.FLOODED


def test_a_switch_whose_clock_runs_a_little_fast_is_never_a_flood() -> None:
    ear = Ear(burst_ms=1_000, overspeed_percent=5)

    for _ in range(3 * 3600):
        ear.clock.advance(970)
        ear.hearing.take(SECOND)

    assert ear.hearing.now_ms == 3 * 3600 * 1000


def test_texts_may_come_but_not_pour() -> None:
    ear = Ear(texts_burst=10, texts_per_s=2)
    for _ in range(10):
        ear.hearing.take_text()
    ear.clock.advance(1_000)
    ear.hearing.take_text()
    ear.hearing.take_text()

    with pytest.raises(CallOver) as over:
        ear.hearing.take_text()

    assert over.value.ending.reason is EndReason.FLOODED


def test_any_message_is_a_sign_of_life() -> None:
    ear = Ear()
    ear.clock.advance(9_000)
    assert ear.hearing.silent_for_ms() == 9_000

    ear.hearing.take_text()

    assert ear.hearing.silent_for_ms() == 0


def test_our_voice_is_in_step_with_what_we_hear() -> None:
    ear = Ear()
    ear.hearing.take(SECOND[:320])
    voice = ear.hearing.join_voice()
    assert voice is not None
    ear.hearing.say(b"\1\0" * 400)
    ear.hearing.take(SECOND)

    ear.hearing.end()

    caller, bot = ear.hearing.forks
    assert (caller.samples, bot.samples) == (8_160, 8_000)
    assert ear.hearing.join_voice() is None


def test_what_passes_is_counted() -> None:
    ear = Ear()

    ear.hearing.take(SECOND)

    assert (ear.counters.messages, ear.counters.bytes_heard, ear.counters.blocks) == (1, 16_000, 1)
