"""Run pyannote.audio behind the Diarizer socket, on the two people its own package ships."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.diarization.diarizer import RATE_HZ, Diarizer
from asr.diarization.turns import UNKNOWN, SpeakerTurn
from asr.ear.tape import Waveform
from asr.settings.diarization import DiarizationSettings
from bench.speech.diarization_score import read_rttm, score
from domain.errors import EngineError
from models.shelf import Shelf, weights_root
from tests.contract.diarizer import DiarizerContract, Talk

SEGMENTATION = Shelf(weights_root()).place("pyannote-segmentation") / "pytorch_model.bin"
VOICES = Shelf(weights_root()).place("ge2e-voice-encoder") / "pretrained.pt"


def _installed() -> bool:
    try:
        return bool(distribution("pyannote-audio"))
    except PackageNotFoundError:
        return False


pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(not _installed(), reason="pip install openhotline[diarization]"),
    pytest.mark.skipif(
        not (SEGMENTATION.is_file() and VOICES.is_file()),
        reason="weights absent; run: hotline models pull pyannote-segmentation ge2e-voice-encoder",
    ),
]


@pytest.fixture(scope="module")
def loaded() -> Diarizer:
    from asr.engines.pyannote_diarizer import PyannoteDiarizer

    return PyannoteDiarizer.load(
        segmentation_weights=SEGMENTATION, voice_weights=VOICES, settings=DiarizationSettings()
    )


@pytest.fixture(scope="module")
def sample() -> Path:
    """Half a minute of two people on a telephone, labelled by hand, inside the package."""
    return Path(str(distribution("pyannote-audio").locate_file("pyannote/audio/sample/sample.wav")))


@pytest.fixture(scope="module")
def people(sample: Path) -> Waveform:
    waveform, rate_hz = soundfile.read(sample, dtype="float32")
    assert rate_hz == RATE_HZ
    return np.asarray(waveform, np.float32)


@pytest.fixture(scope="module")
def turns(loaded: Diarizer, people: Waveform) -> list[SpeakerTurn]:
    return loaded.diarize(people)


class TestPyannoteDiarizer(DiarizerContract):
    @pytest.fixture
    def diarizer(self, loaded: Diarizer) -> Diarizer:
        return loaded

    @pytest.fixture
    def talk(self, people: Waveform, sample: Path) -> Talk:
        """Without its silent beginning."""
        from_ms, to_ms = 6_000, 28_600
        truth = tuple(
            (turn.start_ms - from_ms, turn.end_ms - from_ms, turn.speaker)
            for turn in read_rttm(sample.with_suffix(".rttm"))
            if from_ms <= turn.start_ms
            and turn.end_ms <= to_ms
            and turn.end_ms - turn.start_ms > 2_000
        )
        assert len(truth) >= 3
        return Talk(waveform=people[from_ms * 16 : to_ms * 16], truth=truth)


def test_nobody_is_given_a_wrong_name(turns: list[SpeakerTurn], sample: Path) -> None:
    found = score(read_rttm(sample.with_suffix(".rttm")), turns, duration_ms=30_000)
    assert found.confusion_s == 0
    assert found.error_rate <= 0.06
    assert any(turn.speaker == UNKNOWN for turn in turns)  # a word of 0.4 s


def test_people_who_talk_at_once_are_both_heard(turns: list[SpeakerTurn]) -> None:
    pairs = [(a, b) for a in turns for b in turns if a.speaker < b.speaker]
    assert any(a.start_ms < b.end_ms and b.start_ms < a.end_ms for a, b in pairs)


def test_two_people_taken_for_one_are_not_named(loaded: Diarizer, people: Waveform) -> None:
    piece = people[int(14.2 * RATE_HZ) : int(28.6 * RATE_HZ)]  # a third of it is the other one's

    named = {turn.speaker for turn in loaded.diarize(piece)} - {UNKNOWN}

    assert named in (set(), {"A", "B"})


def test_noise_is_nobody(loaded: Diarizer) -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, 8 * RATE_HZ).astype(np.float32)

    assert loaded.diarize(noise) == []


def test_a_word_alone_does_not_break_it(loaded: Diarizer, people: Waveform) -> None:
    word = people[int(7.5 * RATE_HZ) : int(8.3 * RATE_HZ)]

    assert len(loaded.diarize(word)) <= 1


def test_stopping_in_the_middle_leaves_the_machine_usable(
    loaded: Diarizer, people: Waveform
) -> None:
    class Stopped(Exception):
        pass

    def stop(done: float) -> None:
        raise Stopped

    sound = people[-8 * RATE_HZ :]

    with pytest.raises(Stopped):
        loaded.diarize(sound, progress=stop)

    assert loaded.diarize(sound)


@pytest.fixture
def not_weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"not a checkpoint")
    return path


@pytest.mark.parametrize("broken", ["segmentation", "voice"])
def test_files_that_are_no_weights_are_named(not_weights: Path, broken: str) -> None:
    from asr.engines.pyannote_diarizer import PyannoteDiarizer

    weights = {"segmentation": SEGMENTATION, "voice": VOICES, broken: not_weights}
    with pytest.raises(EngineError, match=r"weights\.bin") as refused:
        PyannoteDiarizer.load(
            segmentation_weights=weights["segmentation"],
            voice_weights=weights["voice"],
            settings=DiarizationSettings(),
        )

    assert refused.value.code == "asr.diarization_weights"


def test_nothing_is_reported_to_anybody(loaded: Diarizer) -> None:
    from pyannote.audio.telemetry.metrics import is_metrics_enabled

    assert not is_metrics_enabled()
