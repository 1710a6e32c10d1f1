"""Messages become blocks, and samples are the clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.intake import Intake


def an_intake(*, channels: int = 1) -> Intake:
    return Intake(sample_rate_hz=8_000, channels=channels, block_ms=100, max_message_ms=1_000)


def test_twenty_milliseconds_at_a_time_become_a_block_of_a_hundred() -> None:
    intake = an_intake()

    blocks = [intake.take(bytes(320)) for _ in range(5)]

    assert blocks[:4] == [None] * 4
    assert blocks[4] == (bytes(1600),)
    assert intake.now_ms == 100


def test_what_is_being_gathered_already_counts_as_time() -> None:
    intake = an_intake()

    intake.take(bytes(320))

    assert intake.now_ms == 20
    assert intake.flush() == (bytes(320),)
    assert intake.flush() is None


@pytest.mark.parametrize(("channels", "size"), [(1, 321), (2, 322)])
def test_a_cut_sample_is_refused_and_nothing_of_it_kept(channels: int, size: int) -> None:
    intake = an_intake(channels=channels)

    with pytest.raises(InputError, match="whole 16-bit samples"):
        intake.take(bytes(size))

    assert intake.samples == 0
    assert intake.flush() is None


def test_more_sound_than_any_switch_buffers_is_refused() -> None:
    with pytest.raises(InputError, match="at most 16000 bytes"):
        an_intake().take(bytes(16_002))


@given(st.lists(st.integers(0, 700).map(lambda n: n * 4), max_size=40))
def test_no_sample_is_lost_or_moved_however_the_wire_cuts_its_messages(sizes: list[int]) -> None:
    sound = bytes(i % 251 for i in range(sum(sizes)))
    intake = an_intake(channels=2)
    blocks = []
    at = 0
    for size in sizes:
        blocks.append(intake.take(sound[at : at + size]))
        at += size
    blocks.append(intake.flush())

    left = b"".join(block[0] for block in blocks if block)
    right = b"".join(block[1] for block in blocks if block)

    assert left == b"".join(sound[i : i + 2] for i in range(0, len(sound), 4))
    assert right == b"".join(sound[i + 2 : i + 4] for i in range(0, len(sound), 4))
    assert intake.samples == len(sound) // 4
