"""Every Diarizer keeps these promises; an adapter's test file supplies the machine and a talk it can follow."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import pytest

from asr.diarization.diarizer import RATE_HZ, Diarizer
from asr.diarization.turns import UNKNOWN, SpeakerTurn
from asr.ear.tape import Waveform
from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Two people, and who is really heard alone when: (start_ms, end_ms, a name of the test's own)."""

    waveform: Waveform
    truth: tuple[tuple[int, int, str], ...]


def silent(seconds: float) -> Waveform:
    return np.zeros(int(seconds * RATE_HZ), np.float32)


class DiarizerContract(ABC):
    """The suite."""

    @abstractmethod
    @pytest.fixture
    def diarizer(self) -> Diarizer:
        """The machine under test."""

    @abstractmethod
    @pytest.fixture
    def talk(self) -> Talk:
        """At least three turns of at least two seconds, by two people."""

    def test_each_long_turn_has_the_speaker_it_should(self, diarizer: Diarizer, talk: Talk) -> None:
        turns = diarizer.diarize(talk.waveform)

        heard = {
            name: {_speaker_at(turns, s, e) for s, e, n in talk.truth if n == name}
            for name in _names(talk)
        }
        assert all(len(speakers) == 1 for speakers in heard.values()), heard
        assert len(set.union(*heard.values())) == len(heard)
        assert UNKNOWN not in set.union(*heard.values())

    def test_turns_are_in_order_inside_the_sound_and_named_as_they_appear(
        self, diarizer: Diarizer, talk: Talk
    ) -> None:
        turns = diarizer.diarize(talk.waveform)

        assert [t.start_ms for t in turns] == sorted(t.start_ms for t in turns)
        assert all(
            0 <= t.start_ms < t.end_ms <= len(talk.waveform) * 1000 // RATE_HZ for t in turns
        )
        named = dict.fromkeys(t.speaker for t in turns if t.speaker != UNKNOWN)
        assert list(named) == ["A", "B"]
        assert all(t.confidence is None or 0 <= t.confidence <= 1 for t in turns)

    def test_one_speaker_is_one_when_we_say_so(self, diarizer: Diarizer, talk: Talk) -> None:
        turns = diarizer.diarize(talk.waveform, speakers=1)

        assert {t.speaker for t in turns} - {UNKNOWN} == {"A"}

    @pytest.mark.parametrize("seconds", [0, 0.2, 7])
    def test_silence_has_no_turns(self, diarizer: Diarizer, seconds: float) -> None:
        assert diarizer.diarize(silent(seconds)) == []

    def test_the_same_sound_gives_the_same_turns(self, diarizer: Diarizer, talk: Talk) -> None:
        assert diarizer.diarize(talk.waveform) == diarizer.diarize(talk.waveform)

    def test_progress_rises_to_the_end(self, diarizer: Diarizer, talk: Talk) -> None:
        told: list[float] = []

        diarizer.diarize(talk.waveform, progress=told.append)

        assert told == sorted(told)
        assert told[-1] == 1.0

    @pytest.mark.parametrize("speakers", [0, -1, 11])
    def test_a_number_of_speakers_that_cannot_be_is_refused(
        self, diarizer: Diarizer, speakers: int
    ) -> None:
        with pytest.raises(InputError) as refused:
            diarizer.diarize(silent(1), speakers=speakers)

        assert refused.value.code == "asr.diarization_speakers"


def _names(talk: Talk) -> list[str]:
    return sorted({name for _, _, name in talk.truth})


def _speaker_at(turns: list[SpeakerTurn], start_ms: int, end_ms: int) -> str:
    """Whose turns cover most of a stretch."""
    covered = {
        speaker: sum(
            max(0, min(t.end_ms, end_ms) - max(t.start_ms, start_ms))
            for t in turns
            if t.speaker == speaker
        )
        for speaker in {t.speaker for t in turns}
    }
    return max(covered, key=lambda speaker: covered[speaker], default=UNKNOWN)
