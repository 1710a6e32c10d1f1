"""A live mouth is silent for ever and speaks in between."""

from media_gateway.client.mouth import Mouth


def test_a_mouth_is_silent_until_it_speaks_and_after() -> None:
    mouth = Mouth(sample_rate_hz=8_000)

    before = mouth.take(2)
    mouth.say(b"\1\0\2\0\3\0")
    during = mouth.take(2)
    after = mouth.take(2)

    assert (before, during, after) == (bytes(4), b"\1\0\2\0", b"\3\0\0\0")
    assert not mouth.is_speaking


def test_a_shut_mouth_ends_after_its_last_word() -> None:
    mouth = Mouth(sample_rate_hz=8_000)
    mouth.say(b"\1\0" * 3)
    mouth.shut()

    assert mouth.take(2) == b"\1\0" * 2
    assert mouth.take(2) == b"\1\0\0\0"
    assert mouth.take(2) is None


def test_a_mouth_can_be_stopped() -> None:
    mouth = Mouth(sample_rate_hz=8_000)
    mouth.say(b"\1\0" * 100)
    mouth.hush()

    assert mouth.take(1) == bytes(2)
