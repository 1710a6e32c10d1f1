"""The figures of language identification are those of a live leg, not of a rule of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

import app.speech_evaluations
from app.settings import Settings
from app.speech_evaluations import lid_figures
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.language.leg_language import LegLanguage
from asr.settings import LanguageSettings
from bench.speech.clip import Codec
from bench.speech.manifest import Row
from domain.language import ZH
from tests.fakes.sound import tone
from tests.fakes.utterance_reader import LoudnessDetection, sure_of


@pytest.mark.parametrize("probability", [0.5, 0.7, 0.8, 0.84, 0.86, 0.9, 0.99])
@pytest.mark.parametrize("speech_ms", [800, 1_200, 2_500])
async def test_a_window_is_decided_as_a_fresh_leg_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, probability: float, speech_ms: int
) -> None:
    async def odds(_: Waveform) -> Odds:
        return sure_of(ZH, probability)

    @asynccontextmanager
    async def open_desk(_: Settings) -> AsyncIterator[SimpleNamespace]:
        yield SimpleNamespace(odds=odds)

    monkeypatch.setattr(app.speech_evaluations, "open_desk", open_desk)
    monkeypatch.setattr(app.speech_evaluations, "open_detection", lambda _: LoudnessDetection())
    path = tmp_path / "a.wav"
    soundfile.write(path, np.frombuffer(tone(speech_ms), "<i2"), 8_000)
    row = Row(line=2, path=path, language="zh", transcript="", speaker="", start_s=None, end_s=None)

    figures = await lid_figures(
        Settings(),
        [row],
        codec=Codec.G711,
        window_s=3.0,
        with_clips=True,
        done=lambda: None,
    )

    (window,) = figures["clips"]
    heard_ms = round(window["speech_s"] * 1_000)
    (told,) = LegLanguage(LanguageSettings()).glimpse(sure_of(ZH, probability), heard_ms, 0)
    assert heard_ms == pytest.approx(speech_ms, abs=100)
    assert (window["taken_for"], window["probability"]) == (
        told.guess.language,
        round(told.guess.probability, 4),
    )
