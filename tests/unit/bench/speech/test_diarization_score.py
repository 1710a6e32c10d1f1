"""Who-speaks-when is scored so that a wrong name and a name not given stay apart."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from asr.diarization.turns import UNKNOWN, SpeakerTurn
from asr.ear.tape import Waveform
from asr.ear.vad import WINDOW_SAMPLES
from bench.speech.diarization_score import DiarizationScore, read_rttm, score, turns_of_legs
from domain.errors import InputError


def turn(start_ms: int, end_ms: int, speaker: str) -> SpeakerTurn:
    return SpeakerTurn(start_ms=start_ms, end_ms=end_ms, speaker=speaker)


REFERENCE = [turn(0, 10_000, "agent"), turn(10_000, 20_000, "caller")]


class Loudness:
    """A detector for which everything above a level is speech."""

    def start(self) -> "Loudness":
        return self

    def probabilities(self, windows: Waveform) -> list[float]:
        peaks = np.abs(windows.reshape(-1, WINDOW_SAMPLES)).max(axis=1)
        return [float(peak > 0.001) for peak in peaks]


def scored(
    reference: list[SpeakerTurn], heard: list[SpeakerTurn], *, with_overlap: bool = True
) -> DiarizationScore:
    pytest.importorskip("pyannote.metrics", reason="pip install openhotline[diarization]")
    return score(reference, heard, duration_ms=30_000, collar_s=0.0, with_overlap=with_overlap)


def test_other_names_for_the_same_people_are_no_error() -> None:
    assert scored(REFERENCE, [turn(0, 10_000, "B"), turn(10_000, 20_000, "A")]).error_rate == 0


def test_each_kind_of_error_is_counted_for_itself() -> None:
    heard = [
        turn(0, 8_000, "A"),
        turn(8_000, 9_000, "B"),  # a wrong name; the second after it is missed
        turn(10_000, 18_000, "B"),
        turn(18_000, 20_000, UNKNOWN),
        turn(20_000, 23_000, "B"),  # nobody spoke
    ]

    found = scored(REFERENCE, heard)

    assert astuple(found) == pytest.approx((20, 1, 3, 1, 2))  # in the order of its fields
    assert found.error_rate == pytest.approx(7 / 20)


def test_unknown_never_passes_for_somebody() -> None:
    found = scored(REFERENCE, [turn(0, 20_000, UNKNOWN)])

    assert found.unknown_s == pytest.approx(20)
    assert found.confusion_s == 0
    assert found.error_rate == pytest.approx(1)


def test_overlap_counts_for_each_voice_or_is_left_out() -> None:
    both = [turn(0, 10_000, "agent"), turn(5_000, 10_000, "caller")]
    one = [turn(0, 10_000, "A")]

    assert scored(both, one).missed_s == pytest.approx(5)
    assert scored(both, one, with_overlap=False).missed_s == 0


def test_recordings_are_pooled_by_their_seconds() -> None:
    short = DiarizationScore(total_s=10, missed_s=5, false_alarm_s=0, confusion_s=0, unknown_s=0)
    long = DiarizationScore(total_s=90, missed_s=0, false_alarm_s=0, confusion_s=0, unknown_s=0)

    assert (short + long).error_rate == pytest.approx(0.05)


def test_a_reference_is_read_from_rttm(tmp_path: Path) -> None:
    path = tmp_path / "call.rttm"
    path.write_text(
        "SPKR-INFO call 1 <NA> <NA> <NA> unknown anna <NA>\n"
        "SPEAKER call 1 6.690 0.430 <NA> <NA> anna <NA> <NA>\n"
        "SPEAKER call 1 7.5 1 <NA> <NA> ben <NA> <NA>\n"
    )

    assert read_rttm(path) == [turn(6_690, 7_120, "anna"), turn(7_500, 8_500, "ben")]


@pytest.mark.parametrize("line", ["SPEAKER call 1 6.690", "SPEAKER call 1 x 1 <NA> <NA> anna"])
def test_a_line_that_is_not_rttm_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "call.rttm"
    path.write_text(f"SPEAKER call 1 1 1 <NA> <NA> anna\n{line}\n")

    with pytest.raises(InputError, match=r"call\.rttm, line 2"):
        read_rttm(path)


def test_two_legs_give_the_reference_of_their_mix() -> None:
    agent = np.zeros(16_000 * 4, np.float32)
    caller = agent.copy()
    agent[: 16_000 * 2] = 0.2
    caller[16_000 : 16_000 * 3] = 0.02  # a quiet leg is brought to the same level
    caller[16_000 * 3 : 16_000 * 3 + 1_000] = 0.02  # a pause of no account, and a blip at the end
    caller[-1_000:] = 0.02

    turns = turns_of_legs([("agent", agent), ("caller", caller)], Loudness())

    assert [t.speaker for t in turns] == ["agent", "caller"]
    assert [t.start_ms for t in turns] == pytest.approx([0, 1_000], abs=40)
    assert [t.end_ms for t in turns] == pytest.approx([2_000, 3_060], abs=40)


def test_a_silent_leg_says_nothing() -> None:
    assert turns_of_legs([("agent", np.zeros(20_000, np.float32))], Loudness()) == []
