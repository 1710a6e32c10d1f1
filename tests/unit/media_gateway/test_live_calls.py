"""Wishes reach the call they mean; only calls we announced may choose their id."""

import pytest

from domain.audio import Speech
from domain.errors import NotFound
from domain.ids import CallId
from media_gateway.live_calls import EXPECTED_AT_MOST, Switchboard

CALL = CallId("call")


async def test_a_wish_for_a_call_that_is_not_there_says_so() -> None:
    switchboard = Switchboard()

    with pytest.raises(NotFound):
        await switchboard.play(CALL, Speech(pcm=b"", sample_rate_hz=8_000))
    with pytest.raises(NotFound):
        await switchboard.stop_playing(CALL)
    with pytest.raises(NotFound):
        await switchboard.hang_up(CALL)


def test_an_announcement_is_good_for_one_wire() -> None:
    switchboard = Switchboard()
    switchboard.expect(CALL)

    assert switchboard.claim(CALL)
    assert not switchboard.claim(CALL)
    assert not switchboard.claim(CallId("a stranger's"))


def test_calls_that_never_come_do_not_fill_the_memory() -> None:
    switchboard = Switchboard()
    for number in range(EXPECTED_AT_MOST + 1):
        switchboard.expect(CallId(str(number)))

    assert not switchboard.claim(CallId("0"))
    assert switchboard.claim(CallId(str(EXPECTED_AT_MOST)))
