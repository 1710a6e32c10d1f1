"""A press is heard once, whichever of its packets arrive and however gateways bend the rules."""

from hypothesis import given, settings
from hypothesis import strategies as st

from media_gateway.rtp.dtmf import KEYS, KeyEar, event_of, key_payload

packets = st.tuples(st.binary(max_size=8), st.integers(0, 0xFFFFFFFF), st.booleans())


def pressed(ear: KeyEar, key: str, timestamp: int, *durations: int, end: bool = True) -> list[str]:
    event = event_of(key)
    assert event is not None
    said = [
        ear.hear(
            key_payload(event, duration_ticks=ticks, is_end=end and ticks == durations[-1]),
            timestamp=timestamp,
            marker=ticks == durations[0],
        )
        for ticks in durations
    ]
    return [key for key in said if key is not None]


def test_the_same_key_twice_is_two_presses() -> None:
    ear = KeyEar()

    assert pressed(ear, "1", 1_000, 160, 320, 480, 480, 480) == ["1"]
    assert pressed(ear, "1", 3_000, 160, 320) == ["1"]


def test_a_press_of_which_only_the_end_arrives_is_a_press() -> None:
    assert pressed(KeyEar(), "9", 7, 800) == ["9"]


def test_a_gateway_that_lets_the_timestamp_run_presses_once() -> None:
    ear = KeyEar()
    five = event_of("5")
    assert five is not None
    said = [
        ear.hear(
            key_payload(five, duration_ticks=160 * n, is_end=False),
            timestamp=160 * n,
            marker=n == 1,
        )
        for n in range(1, 6)
    ]

    assert [key for key in said if key] == ["5"]


def test_a_hook_flash_is_no_key() -> None:
    assert (
        KeyEar().hear(key_payload(16, duration_ticks=80, is_end=True), timestamp=1, marker=True)
        is None
    )
    assert event_of("x") is None
    assert event_of("") is None
    assert [event_of(key) for key in KEYS] == list(range(16))


@given(st.lists(packets, max_size=20))
@settings(max_examples=300)
def test_whatever_a_stranger_sends_it_is_a_key_or_nothing(
    sent: list[tuple[bytes, int, bool]],
) -> None:
    ear = KeyEar()

    for payload, timestamp, marker in sent:
        key = ear.hear(payload, timestamp=timestamp, marker=marker)
        assert key is None or key in KEYS
