"""The diarizer that other tests use keeps the promises of the real one."""

import numpy as np
import pytest

from asr.diarization.diarizer import RATE_HZ, Diarizer
from asr.ear.tape import Waveform
from tests.contract.diarizer import DiarizerContract, Talk, silent
from tests.fakes.diarizer import PitchDiarizer


def voice(hertz: int, seconds: float) -> Waveform:
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


class TestPitchDiarizer(DiarizerContract):
    @pytest.fixture
    def diarizer(self) -> Diarizer:
        return PitchDiarizer()

    @pytest.fixture
    def talk(self) -> Talk:
        pieces = [silent(1), voice(300, 2), silent(1), voice(900, 2), silent(1), voice(300, 2)]
        truth = ((1_000, 3_000, "low"), (4_000, 6_000, "high"), (7_000, 9_000, "low"))
        return Talk(waveform=np.concatenate(pieces), truth=truth)
