import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner, Result

import app.speech
from app.cli import cli
from app.settings import Settings
from domain.errors import EngineError, InputError
from domain.language import LanguageTag
from domain.ports import Clock, SpeechToText
from tests.fakes.diarizer import PitchDiarizer
from tests.fakes.recogniser import Line, ScriptedRecogniser
from tests.fakes.sound import silence, tone


class House:
    """Stands in for the machines, and notes how they were asked to be."""

    def __init__(self) -> None:
        self.opened: list[Settings] = []
        self.error: Exception | None = None
        self.lines = [Line("hello")]
        self.terms: Sequence[str] = ()

    @asynccontextmanager
    async def open_recogniser(
        self, settings: Settings, clock: Clock, terms: Sequence[str] = ()
    ) -> AsyncIterator[SpeechToText]:
        self.opened.append(settings)
        self.terms = terms
        lost_after = None if self.error is None else 0
        yield ScriptedRecogniser(self.lines, lost_after=lost_after, error=self.error)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House()
    monkeypatch.setattr(app.speech, "open_recogniser", house.open_recogniser)
    return house


def a_call(path: Path) -> Path:
    said = np.frombuffer(tone(500) + silence(1_000), "<i2")
    soundfile.write(path, np.stack([said, said[::-1]], axis=1), 8_000)
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["transcribe", *map(str, words)])


def test_each_recording_gets_its_transcript_and_the_machines_are_opened_once(
    house: House, tmp_path: Path
) -> None:
    calls = [a_call(tmp_path / "a.wav"), a_call(tmp_path / "b.wav")]

    result = run(*calls, "--format", "json")

    assert result.exit_code == 0
    assert len(house.opened) == 1
    for name in ("a", "b"):
        lines = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))["lines"]
        assert [line["speaker"] for line in lines] == ["caller", "agent"]


def test_nobody_watches_so_nothing_is_sketched_and_a_known_language_is_told(
    house: House, tmp_path: Path
) -> None:
    run(a_call(tmp_path / "a.wav"), "--language", "zh")

    (settings,) = house.opened
    assert settings.asr.language.allowed == (LanguageTag("zh"),)
    assert not settings.asr.partials.enabled


def test_a_recording_is_read_with_the_names_of_this_hotline_as_a_call_is(
    house: House, tmp_path: Path
) -> None:
    run(a_call(tmp_path / "a.wav"))

    assert "朝阳区" in house.terms


def test_a_language_that_the_recogniser_does_not_know_is_refused(
    house: House, tmp_path: Path
) -> None:
    result = run(a_call(tmp_path / "a.wav"), "--language", "tlh")

    assert isinstance(result.exception, InputError)
    assert "got tlh" in result.exception.message


def test_the_voices_of_one_channel_come_with_what_their_words_hint_at(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.speech, "load_diarizer", lambda _: PitchDiarizer())
    house.lines = [Line("How may I help you?"), Line("I want to complain.")]
    pause = silence(1_500)
    said = tone(1_000, hz=300) + pause + tone(1_000, hz=1_200) + pause
    soundfile.write(tmp_path / "a.wav", np.frombuffer(said, "<i2"), 8_000)

    result = run(tmp_path / "a.wav", "--diarize", "--format", "txt")

    assert result.exit_code == 0
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").splitlines()[2:] == [
        "[00:00:00] A (agent?): How may I help you?",
        "[00:00:02] B (caller?): I want to complain.",
    ]


def test_what_is_written_is_not_done_twice_unless_forced(house: House, tmp_path: Path) -> None:
    call = a_call(tmp_path / "a.wav")
    run(call)

    again = run(call)
    times = len(house.opened)
    run(call, "--force")

    assert "is already there" in again.stderr.replace("\n", " ")
    assert times == 1
    assert len(house.opened) == 2


def test_one_bad_recording_does_not_stop_the_others_and_is_told_in_a_sentence(
    house: House, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.wav"
    letter.write_text("a letter")

    result = run(letter, a_call(tmp_path / "a.wav"), "--format", "txt")

    assert result.exit_code == 1
    assert "expected a sound file" in result.stderr.replace("\n", " ")
    assert (tmp_path / "a.txt").exists()
    assert not (tmp_path / "letter.txt").exists()


def test_a_single_bad_recording_is_wrong_input_before_any_machine_is_opened(
    house: House, tmp_path: Path
) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")

    result = run(tmp_path / "empty.wav")

    assert isinstance(result.exception, InputError)
    assert house.opened == []


def test_a_machine_that_is_lost_leaves_no_half_transcript(house: House, tmp_path: Path) -> None:
    house.error = EngineError("asr.lost", "the recogniser is gone", retryable=True)

    result = run(a_call(tmp_path / "a.wav"))

    assert isinstance(result.exception, EngineError)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--legs", "caller,caller"), "one or two different seats"),
        (("--legs", "nobody"), "one or two different seats"),
        (("--embed",), "--embed with --format vcon only"),
    ],
)
def test_a_wrong_wish_is_refused_in_a_sentence(
    house: House, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    result = run(a_call(tmp_path / "a.wav"), *words)

    assert isinstance(result.exception, InputError)
    assert told in result.exception.message
