"""A recording is listened to as finely as memory allows, and what cannot be done is refused before it begins."""

import numpy as np
import pytest

from asr.diarization.diarizer import RATE_HZ
from asr.diarization.extent import check, own_sound, step_for
from asr.ear.tape import Waveform
from domain.errors import InputError


def lasting(seconds: float) -> Waveform:
    return np.broadcast_to(np.float32(0), int(seconds * RATE_HZ))


def test_a_call_is_heard_in_the_finest_steps_and_a_long_one_in_coarser_ones() -> None:
    assert step_for(240 * RATE_HZ, 4_000) == 0.1
    assert step_for(3_600 * RATE_HZ, 4_000) == pytest.approx(0.18)
    assert step_for(10_000 * RATE_HZ, 4_000) == pytest.approx(0.5)


def test_two_hours_are_taken_and_a_working_day_is_refused_with_what_to_do() -> None:
    check(lasting(7_200), 2, max_windows=4_000)

    with pytest.raises(InputError, match="at most 167 minutes, got 480; cut") as refused:
        check(lasting(8 * 3_600), 2, max_windows=4_000)

    assert refused.value.code == "asr.diarization_length"


def test_two_channels_are_not_a_mono_recording() -> None:
    with pytest.raises(InputError, match="mix or pick a channel"):
        check(np.zeros((2, 100), np.float32), 2, max_windows=4_000)


def test_only_the_stretches_asked_for_are_heard() -> None:
    sound = np.arange(RATE_HZ, dtype=np.float32)

    own = own_sound(sound, [(0, 1), (500, 501)])

    assert own.tolist() == [*range(16), *range(8_000, 8_016)]
    assert own_sound(sound, []).shape == (0,)


def test_of_a_monologue_the_beginning_is_enough() -> None:
    assert len(own_sound(lasting(60), [(0, 60_000)])) == 20 * RATE_HZ
