from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from asr.diarization.diarizer import Progress
from asr.diarization.turns import SpeakerTurn
from bench.speech import diarization
from bench.speech.clip import Codec
from bench.speech.diarization import diarization_figures, diarize_files
from bench.speech.diarization_score import DiarizationScore
from bench.speech.manifest import Row
from domain.errors import InputError


def a_row(path: Path, speaker: str, start_s: float | None, *, transcript: str = "") -> Row:
    return Row(
        line=5,
        path=path,
        language="",
        transcript=transcript,
        speaker=speaker,
        start_s=start_s,
        end_s=None if start_s is None else start_s + 1,
    )


class OneVoice:
    """Hears one voice all the time."""

    engine = "one-voice"

    def __init__(self) -> None:
        self.asked: list[int | None] = []

    def diarize(
        self,
        waveform: NDArray[np.float32],
        *,
        speakers: int | None = 2,
        progress: Progress | None = None,
    ) -> list[SpeakerTurn]:
        self.asked.append(speakers)
        return [SpeakerTurn(start_ms=0, end_ms=len(waveform) // 16, speaker="A")]


@pytest.fixture(autouse=True)
def _half_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(
        truth: Iterable[SpeakerTurn],
        heard: Iterable[SpeakerTurn],
        *,
        duration_ms: int,
        collar_s: float = 0.25,
    ) -> DiarizationScore:
        total_s = sum(turn.end_ms - turn.start_ms for turn in truth) / 1000
        wrong_s = total_s / 2 if collar_s else total_s
        return DiarizationScore(
            total_s=total_s,
            missed_s=0.0,
            false_alarm_s=0.0,
            confusion_s=wrong_s,
            unknown_s=0.0,
        )

    monkeypatch.setattr(diarization, "score", half)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "a.wav", np.zeros(4 * 8_000), 8_000)
    return tmp_path / "a.wav"


def test_the_rows_of_a_file_are_its_turns_and_files_are_pooled(path: Path) -> None:
    machine = OneVoice()
    rows = [a_row(path, "", 1.0, transcript="anna"), a_row(path, "ben", 0.0)]

    figures = diarization_figures(
        list(diarize_files(rows, diarizer=machine, codec=Codec.NONE, tells_speakers=True))
    )

    assert machine.asked == [2]
    assert (figures["der"], figures["confusion"], figures["der_without_collar"]) == (0.5, 0.5, 1.0)
    assert (figures["files"], figures["audio_s"]) == (1, 4.0)
    assert figures["recordings"][0]["voices"] == 1


def test_the_number_of_speakers_can_be_kept_from_the_machine(path: Path) -> None:
    machine = OneVoice()

    list(
        diarize_files(
            [a_row(path, "ben", 0.0)], diarizer=machine, codec=Codec.G711, tells_speakers=False
        )
    )

    assert machine.asked == [None]


@pytest.mark.parametrize(("speaker", "start_s"), [("", 1.0), ("ben", None)])
def test_a_turn_without_a_speaker_or_times_is_refused(
    path: Path, speaker: str, start_s: float | None
) -> None:
    rows = [a_row(path, speaker, start_s)]

    with pytest.raises(InputError, match="line 5: expected a speaker"):
        list(diarize_files(rows, diarizer=OneVoice(), codec=Codec.NONE, tells_speakers=True))
