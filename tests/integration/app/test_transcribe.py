"""The command as somebody types it: in a process of its own, with the machines that are really there."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.shelf import Shelf, weights_root
from tests.fakes.sound import noise, silence

STOP_WITHIN_S = 30
needs_weights = [
    pytest.mark.weights,
    pytest.mark.skipif(
        not all(
            Shelf(weights_root()).place(name).is_dir() for name in ("whisper-base", "silero-vad")
        ),
        reason="weights absent; run: hotline models pull whisper-base silero-vad",
    ),
]


def hotline(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    program = "from app.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def a_human_call(path: Path, seconds: int) -> Path:
    """The beginning of a call of two people, caller left and agent right."""
    folder = os.environ.get("HOTLINE_TEST_DATA")
    if not folder:
        pytest.skip("HOTLINE_TEST_DATA names no folder with human recordings")
    calls = Path(folder) / "audio" / "en_telephone"
    legs = []
    for leg in ("caller", "agent"):
        wave, rate_hz = soundfile.read(calls / f"lca_Auto_Repairs_40_UTC_{leg}.flac", dtype="int16")
        assert rate_hz == 8_000
        legs.append(wave[: seconds * 8_000])
    soundfile.write(path, np.stack(legs, axis=1), 8_000)
    return path


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "expected sound, got an empty file"),
        (b"a letter " * 100, "expected a sound file"),
        (None, "expected a sound file, found none"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)

    result = hotline("transcribe", path)

    assert result.returncode == 2
    assert result.stderr.startswith(f"hotline: {told}")
    assert result.stderr.count("\n") == 1


class TestWithWeights:
    """Needs the embedded weights."""

    pytestmark = needs_weights

    def test_noise_becomes_a_transcript_without_a_word(self, tmp_path: Path) -> None:
        sound = np.frombuffer(noise(20_000, level=0.01) + silence(2_000), "<i2")
        soundfile.write(tmp_path / "a.wav", sound, 8_000)

        result = hotline("transcribe", tmp_path / "a.wav", "--format", "json")

        assert result.returncode == 0, result.stderr
        assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["lines"] == []

    @pytest.mark.human
    def test_two_people_are_written_down_each_on_their_side(self, tmp_path: Path) -> None:
        call = a_human_call(tmp_path / "call.wav", 20)

        result = hotline("transcribe", call, "--format", "json", "--language", "en")

        assert result.returncode == 0, result.stderr
        found = json.loads((tmp_path / "call.json").read_text(encoding="utf-8"))
        said = {
            side: " ".join(line["text"] for line in found["lines"] if line["speaker"] == side)
            for side in ("caller", "agent")
        }
        assert "calling" in said["agent"]
        assert "dealership" in said["caller"]
        assert {line["language"] for line in found["lines"]} <= {"en", None}
        assert all(0 <= line["start_ms"] < line["end_ms"] <= 20_000 for line in found["lines"])

    @pytest.mark.human
    @pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for others")
    def test_being_interrupted_keeps_what_is_done_and_nothing_half_written(
        self, tmp_path: Path
    ) -> None:
        calls = [a_human_call(tmp_path / "a.wav", 8), a_human_call(tmp_path / "b.wav", 200)]
        program = "from app.cli import main; main()"
        with subprocess.Popen(
            [sys.executable, "-c", program, "transcribe", *map(str, calls)],
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            assert running.stderr is not None
            first = running.stderr.readline()
            running.send_signal(signal.SIGINT)
            _, told = running.communicate(timeout=STOP_WITHIN_S)

        assert first.strip().endswith("a.vtt")
        assert running.returncode == 130, told
        assert "Traceback" not in told
        assert {path.name for path in tmp_path.iterdir()} == {"a.wav", "b.wav", "a.vtt"}
