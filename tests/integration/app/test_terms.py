"""Known terms reach the text of finals and partials, although the machines in their processes know no terms."""

from dataclasses import replace
from pathlib import Path

import pytest

from app import speech
from app.settings import Settings
from asr.desk.reading import ReadAsk
from asr.settings import EngineSettings
from domain.language import ZH
from tests.fakes.clock import FakeClock
from tests.fakes.mishearing_reader import (
    HEARD,
    MEANT,
    PITCH_HZ,
    TERM,
    load_mishearing,
    load_mishearing_beside,
)
from tests.fakes.troubled_reader import a_read, a_sketch


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setattr(speech, "load_whisper", load_mishearing)
    monkeypatch.setattr(speech, "_whisper_weights", lambda _: tmp_path)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    return Settings()


def a_final() -> ReadAsk:
    return a_read(PITCH_HZ)


async def test_finals_and_partials_are_proofread(settings: Settings) -> None:
    long = a_sketch(PITCH_HZ, ms=2_000, language=ZH)
    undecided = a_sketch(PITCH_HZ, ms=2_000, language=None, utterance="call-2-caller-0")

    async with speech._desk(settings, FakeClock(), [TERM]) as opened:
        reading = await opened.desk.read(a_final())
        shown = [await opened.desk.sketch(ask) for ask in (long, undecided)]
        assert opened.desk.identifies_language

    assert (reading.text, reading.language) == (MEANT, ZH)
    assert shown == [MEANT, MEANT]


async def test_known_terms_are_put_right_whichever_engine_reads(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(speech, "load_beside", load_mishearing_beside)
    engine = EngineSettings(by_language={"zh": "vosk"}, vosk={"zh": str(tmp_path)})
    others = settings.model_copy(update={"asr": replace(settings.asr, engine=engine)})

    async with speech._desk(others, FakeClock(), [TERM]) as opened:
        reading = await opened.desk.read(a_final())

    assert "vosk_desk" in opened.counters
    assert reading.text == MEANT


async def test_without_terms_the_machine_is_taken_at_its_word(settings: Settings) -> None:
    async with speech.open_desk(settings) as desk:
        assert (await desk.read(a_final())).text == HEARD
