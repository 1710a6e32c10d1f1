"""A key that is pressed once is pressed once, whatever packets say it."""

from hypothesis import given
from hypothesis import strategies as st

from media_gateway.webrtc.telephone_event import KeyEvents


def event(number: int, *, ended: bool = False, duration: int = 160) -> bytes:
    return bytes((number, 0x80 if ended else 0x0A)) + duration.to_bytes(2, "big")


def test_the_packets_of_one_press_are_one_key() -> None:
    keys = KeyEvents()

    heard = [keys.take(1000, event(11, ended=n > 2, duration=160 * n)) for n in range(1, 6)]

    assert heard == ["#", None, None, None, None]


def test_the_same_key_twice_is_two_keys() -> None:
    keys = KeyEvents()

    assert [keys.take(1000, event(5)), keys.take(9000, event(5))] == ["5", "5"]


def test_a_press_whose_first_packets_were_lost_is_a_key() -> None:
    assert KeyEvents().take(1000, event(12, ended=True)) == "A"


@given(st.integers(0, 2**32 - 1), st.binary(max_size=8))
def test_whatever_a_stranger_sends_is_a_key_or_nothing(timestamp: int, payload: bytes) -> None:
    key = KeyEvents().take(timestamp, payload)

    assert key is None or key in "0123456789*#ABCD"
