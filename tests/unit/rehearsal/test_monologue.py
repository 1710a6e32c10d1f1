"""Somebody speaks on: short breaths, never long enough to be taken for the end."""

from pathlib import Path

import numpy as np
import soundfile

from domain.audio import Speech
from domain.language import ZH, LanguageTag
from rehearsal.conversation import load_conversation
from rehearsal.monologue import (
    BREATH_MS,
    OneBreathALine,
    joined,
    load_monologues,
    monologue_path,
    stage_monologue,
)
from tests.fakes.voice import FakeVoice

RATE_HZ = 8_000
SCRIPT = """
title_zh: 试
title_en: trial
caller_number: "1"
dialled_number: "2"
voices: {caller: a, agent: b}
lines:
  - leg: caller
    language: zh
    text: |
      我们小区门口
      到现在还没有修完
"""


def said(quiet_before_ms: int, words_ms: int, quiet_after_ms: int) -> Speech:
    """A voice that leaves quiet around its words."""
    tone = np.full(words_ms * RATE_HZ // 1000, 8_000, np.int16)
    before, after = (
        np.zeros(ms * RATE_HZ // 1000, np.int16) for ms in (quiet_before_ms, quiet_after_ms)
    )
    return Speech(pcm=np.concatenate([before, tone, after]).tobytes(), sample_rate_hz=RATE_HZ)


def quiet_ms(speech: Speech) -> list[int]:
    """How long each silence inside lasts."""
    loud = np.flatnonzero(np.frombuffer(speech.pcm, np.int16))
    gaps = np.diff(loud) - 1
    return [int(gap) * 1000 // RATE_HZ for gap in gaps if gap]


def test_a_breath_is_as_long_whatever_quiet_the_voice_leaves_around_its_words() -> None:
    speech = joined([said(400, 1_000, 1_000), said(0, 500, 300), said(300, 700, 0)])

    assert quiet_ms(speech) == [BREATH_MS, BREATH_MS]
    assert speech.duration_ms == 1_000 + 500 + 700 + 2 * BREATH_MS


def test_a_voice_that_stays_silent_is_no_trouble() -> None:
    assert joined([said(100, 0, 0), said(0, 100, 0)]).duration_ms == 200 + BREATH_MS


async def test_every_line_is_one_breath() -> None:
    speech = await OneBreathALine(FakeVoice()).speak("一二三\n四五六七\n", language=ZH)

    assert speech.duration_ms == 7 * 80 + BREATH_MS


async def test_a_monologue_is_one_turn_of_the_caller(tmp_path: Path) -> None:
    script = tmp_path / "trial.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    monologue = load_conversation(script)

    path = await stage_monologue(monologue, FakeVoice(), tmp_path)

    samples, rate_hz = soundfile.read(path, dtype="int16")
    assert path == monologue_path(monologue, tmp_path)
    assert len(samples) == rate_hz * (2 * 700 + 14 * 80 + BREATH_MS) // 1000


def test_the_benches_hear_people_speak_on_in_two_languages() -> None:
    long_lines = [
        line for m in load_monologues() for line in m.lines if len(line.text.splitlines()) > 2
    ]

    assert {line.language for line in long_lines} == {ZH, LanguageTag("en")}
