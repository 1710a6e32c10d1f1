import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner, Result

import app.word_evaluation
from app.cli import cli
from app.settings import Settings
from bench.speech import recognition
from bench.speech.stretches import Stretch
from domain.errors import InputError
from domain.ports import Clock, SpeechToText
from tests.fakes.recogniser import Line, ScriptedRecogniser
from tests.fakes.sound import silence, tone


@asynccontextmanager
async def _open_recogniser(settings: Settings, clock: Clock) -> AsyncIterator[SpeechToText]:
    said = " and ".join(settings.asr.language.allowed[:1])
    yield ScriptedRecogniser([Line(f"{said} {settings.asr.partials.enabled}")])


def _everything(waveform: object, **_: int) -> tuple[Stretch, ...]:
    return ((0, 500),)


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(app.word_evaluation, "open_recogniser", _open_recogniser)
    monkeypatch.setattr(recognition, "plain_speech", _everything)
    sound = np.frombuffer(tone(500) + silence(1_000), "<i2")
    soundfile.write(tmp_path / "a.wav", sound, 8_000)
    path = tmp_path / "list.csv"
    path.write_text(
        "path,lang,transcript\na.wav,fr,fr false\na.wav,de,de true\na.wav,de,\n", encoding="utf-8"
    )
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["eval", *map(str, words)])


def test_figures_go_to_the_terminal_and_to_a_file(manifest: Path, tmp_path: Path) -> None:
    result = run("asr", "--manifest", manifest, "--json", tmp_path / "f.json", "--clips")

    figures = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert result.exit_code == 0
    assert figures["languages"]["fr"]["error_rate"] == 0.0
    assert figures["languages"]["de"]["error_rate"] == 0.5
    assert figures["rows_without_transcript"] == 1
    assert (figures["codec"], figures["language"], figures["peer"]) == ("none", "given", None)
    assert {"machine", "command", "normalisation"} <= set(figures)
    assert [clip["hypothesis"] for clip in figures["clips"]] == ["de False", "fr False"]


def test_a_language_to_be_found_leaves_all_of_them_open(manifest: Path, tmp_path: Path) -> None:
    run(
        *("asr", "--manifest", manifest, "--language", "found"),
        *("--json", tmp_path / "f.json", "--clips"),
    )

    figures = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert {clip["hypothesis"] for clip in figures["clips"]} == {"zh False"}


def test_words_without_a_language_are_refused_with_their_line(manifest: Path) -> None:
    manifest.write_text("path,lang,transcript\na.wav,,hello\n", encoding="utf-8")

    result = run("asr", "--manifest", manifest)

    assert isinstance(result.exception, InputError)
    assert "line 2: expected a language in lang" in result.exception.message


def test_a_list_without_a_transcript_is_refused(manifest: Path) -> None:
    manifest.write_text("path,lang,transcript\na.wav,en,\n", encoding="utf-8")

    result = run("asr", "--manifest", manifest)

    assert isinstance(result.exception, InputError)
    assert "expected rows with a transcript" in result.exception.message
