"""How much of the network a reading gets follows from the length of its sound alone."""

import pytest

from asr.engines.whisper_decoder import FULL_CONTEXT_S
from asr.engines.whisper_effort import Effort, efforts
from asr.settings import WhisperSettings

EFFORT = Effort(spare_s=1.0, min_context_s=5.0, beam=5)


@pytest.mark.parametrize("sound_s", [0.3, 1.0, 2.7, 4.0, 4.01, 9.3, 14.9, 28.5])
def test_the_whole_sound_fits_with_room_to_spare(sound_s: float) -> None:
    context_s = EFFORT.size(sound_s).context_s

    assert min(sound_s + 1.0, FULL_CONTEXT_S) <= context_s <= max(sound_s + 2.0, 5.0)


def test_no_sound_gets_more_than_the_network_can_take() -> None:
    assert EFFORT.size(40.0).context_s == FULL_CONTEXT_S


def test_sounds_of_about_one_length_are_of_one_size() -> None:
    assert EFFORT.size(6.1) == EFFORT.size(6.4)
    assert EFFORT.size(6.1) != EFFORT.size(6.6)


def test_a_short_sound_may_not_become_a_long_text() -> None:
    assert EFFORT.size(0.5).max_tokens < EFFORT.size(3.0).max_tokens < EFFORT.size(9.0).max_tokens
    assert EFFORT.size(60.0).max_tokens == 220


def test_each_effort_is_more_than_the_one_before() -> None:
    steps = efforts(WhisperSettings())
    contexts = [
        effort.size(3.0).context_s
        for effort in (steps.sketch, steps.first, steps.second, steps.last)
    ]

    assert contexts == sorted(contexts)
    assert len(set(contexts[:3])) == 3
    assert steps.last.repetition_penalty > 1 == steps.first.repetition_penalty
