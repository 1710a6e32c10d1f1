"""A turn keeps its name only when its own sound bears it."""

import numpy as np
import pytest

from asr.diarization.evidence import (
    Voice,
    judged,
    margins,
    unless_one_voice_swallowed_all,
)
from asr.diarization.turns import UNKNOWN, SpeakerTurn

TURN = SpeakerTurn(start_ms=0, end_ms=2_000, speaker="x")


def voice(*coordinates: float) -> Voice:
    return np.array(coordinates, np.float32)


VOICES = {"x": voice(1, 0), "y": voice(0, 1)}


def test_a_turn_that_sounds_like_its_speaker_keeps_the_name_and_says_how_surely() -> None:
    kept = judged(TURN, voice(0.9, 0.1), VOICES, min_margin=0.05)

    assert kept.speaker == "x"
    assert kept.confidence == pytest.approx(0.993, abs=0.01)


def test_between_two_voices_it_is_unknown() -> None:
    assert judged(TURN, voice(1, 1.01), VOICES, min_margin=0.05).speaker == UNKNOWN
    assert judged(TURN, voice(1, 0.98), VOICES, min_margin=0.05).speaker == UNKNOWN


def test_one_that_sounds_like_somebody_else_is_unknown_rather_than_theirs() -> None:
    lost = judged(TURN, voice(0.1, 1), VOICES, min_margin=0.05)

    assert (lost.speaker, lost.confidence) == (UNKNOWN, 0.0)


def test_without_sound_of_its_own_it_is_unknown() -> None:
    lost = judged(TURN, None, VOICES, min_margin=0.05)

    assert (lost.speaker, lost.confidence) == (UNKNOWN, None)


@pytest.mark.parametrize("unplaceable", [voice(np.nan, np.nan), voice(0, 0)])
def test_a_voice_that_has_no_place_proves_nothing(unplaceable: Voice) -> None:
    assert judged(TURN, unplaceable, VOICES, min_margin=0.05).speaker == UNKNOWN
    assert margins(voice(1, 0), "x", {"x": unplaceable, "y": voice(0, 1)}) is None


def test_the_only_voice_of_a_recording_is_not_doubted() -> None:
    assert judged(TURN, None, {"x": voice(1, 0)}, min_margin=0.05) == TURN


def test_of_three_voices_the_nearest_other_one_counts() -> None:
    weighed = margins(voice(1, 0.2), "x", {**VOICES, "z": voice(1, 0.5)})

    assert weighed is not None
    assert weighed.lead == pytest.approx(0.0199, abs=0.005)


def test_a_voice_heard_too_briefly_to_be_placed_casts_no_doubt_on_the_others() -> None:
    kept = judged(TURN, voice(1, 0), {"x": voice(1, 0), "y": voice(np.nan, 0)}, min_margin=0.05)

    assert (kept.speaker, kept.confidence) == ("x", None)


def test_whom_the_machine_would_have_named_is_kept_for_figures() -> None:
    assert judged(TURN, None, VOICES, min_margin=0.05).nearest == "x"
    assert judged(TURN, voice(1, 0), VOICES, min_margin=0.05).nearest is None


def test_where_only_one_of_two_voices_is_confirmed_nobody_is_named() -> None:
    scrap = SpeakerTurn(start_ms=2_000, end_ms=2_300, speaker=UNKNOWN, nearest="y")

    turns = unless_one_voice_swallowed_all([TURN, scrap])

    assert [(t.speaker, t.nearest) for t in turns] == [(UNKNOWN, "x"), (UNKNOWN, "y")]


def test_where_both_are_confirmed_nothing_changes() -> None:
    both = [TURN, SpeakerTurn(start_ms=2_000, end_ms=4_000, speaker="y", confidence=0.5)]

    assert unless_one_voice_swallowed_all(both) == both
    assert unless_one_voice_swallowed_all([]) == []
