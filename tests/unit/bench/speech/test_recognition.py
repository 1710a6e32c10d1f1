from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.speech import recognition
from bench.speech.clip import Clip, Codec
from bench.speech.cpu_time import Meter, cpu_seconds
from bench.speech.manifest import SILENCE, Row
from bench.speech.recognition import Contest, Outcome, recognise
from bench.speech.stretches import Stretch
from domain.language import LanguageTag
from domain.ports import SpeechToText
from tests.fakes.recogniser import Line, ScriptedRecogniser


class Parrot:
    """A peer that says what it is told, and notes when it was asked."""

    name = "parrot"

    def __init__(self, diary: list[str]) -> None:
        self._diary = diary

    def transcribe(self, clip: Clip, language: str | None) -> str:
        self._diary.append(f"peer {language}")
        return "good evening"


class Opener:
    """Opens recognisers that say one thing, and notes for which language."""

    def __init__(self, diary: list[str]) -> None:
        self._diary = diary

    @asynccontextmanager
    async def __call__(
        self, allowed: tuple[LanguageTag, ...] | None
    ) -> AsyncIterator[SpeechToText]:
        self._diary.append(f"open {allowed}")
        yield ScriptedRecogniser([Line("Good morning.")])


@pytest.fixture(autouse=True)
def _loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    def loud(waveform: object, **_: int) -> tuple[Stretch, ...]:
        return ((200, 1_000),)

    monkeypatch.setattr(recognition, "plain_speech", loud)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    speech = np.concatenate([np.zeros(3_200), 0.3 * np.sin(np.arange(12_800)), np.zeros(16_000)])
    soundfile.write(tmp_path / "a.wav", speech, 16_000)
    return tmp_path / "a.wav"


def a_row(path: Path, language: str, transcript: str, line: int = 2) -> Row:
    return Row(
        line=line,
        path=path,
        language=language,
        transcript=transcript,
        speaker="",
        start_s=None,
        end_s=None,
    )


async def outcomes(
    rows: list[Row], diary: list[str], *, tells_language: bool = True
) -> list[Outcome]:
    contest = Contest(codec=Codec.NONE, tells_language=tells_language, peer=Parrot(diary))
    return [outcome async for outcome in recognise(rows, contest, Opener(diary))]


async def test_both_sides_hear_the_same_clip_and_are_scored_alike(path: Path) -> None:
    (outcome,) = await outcomes([a_row(path, "en", "good morning")], [])

    assert outcome.ours.text == "Good morning."
    assert outcome.ours.tally.errors == 0
    assert outcome.peer is not None
    assert (outcome.peer.tally.errors, outcome.peer.tally.length) == (1, 2)
    assert outcome.audio_s == 2.0


async def test_a_recogniser_is_opened_for_each_language_and_the_peer_is_told_it_too(
    path: Path,
) -> None:
    diary: list[str] = []
    rows = [a_row(path, "zh", "早"), a_row(path, "en", "a"), a_row(path, "zh", "好")]

    heard = await outcomes(rows, diary)

    assert [entry for entry in diary if entry.startswith("open")] == [
        "open ('en',)",
        "open ('zh',)",
    ]
    assert diary.count("peer zh") == 3  # one of them to warm up
    assert [outcome.row.language for outcome in heard] == ["en", "zh", "zh"]


async def test_nobody_is_told_a_language_that_is_to_be_found_or_mixed(path: Path) -> None:
    diary: list[str] = []

    await outcomes([a_row(path, "zh", "早")], diary, tells_language=False)
    await outcomes([a_row(path, "en+zh", "ok 早")], diary)

    assert set(diary) == {"open None", "peer None"}


async def test_speech_is_covered_by_what_was_written(path: Path) -> None:
    (outcome,) = await outcomes([a_row(path, "en", "good morning")], [])

    assert outcome.coverage.speech_ms == 800
    assert outcome.coverage.transcribed_ms == 800


async def test_words_in_silence_count_as_invented(path: Path) -> None:
    (outcome,) = await outcomes([a_row(path, "en", SILENCE)], [])

    assert (outcome.invented, outcome.peer_invented) == (2, 2)
    assert outcome.coverage.speech_ms == 0


def test_a_meter_counts_the_work_of_this_process() -> None:
    before, meter = cpu_seconds(), Meter()

    sum(number * number for number in range(100_000))

    assert meter.read().cpu_s > 0
    assert cpu_seconds() > before
