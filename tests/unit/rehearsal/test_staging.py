"""A scripted conversation becomes a two-leg telephone recording, once."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile

from domain.errors import InputError
from domain.language import LanguageTag
from domain.ports import TextToSpeech
from rehearsal.conversation import load_conversation, load_conversations
from rehearsal.staging import RATE_HZ, line_noise, stage
from tests.fakes.voice import FakeVoice

SCRIPT = """
title_zh: 试
title_en: trial
caller_number: "1"
dialled_number: "2"
voices: {caller: a, agent: b}
lines:
  - {leg: agent, language: zh, text: 您好}
  - {leg: caller, language: zh, text: 我的社保卡丢了}
"""


@pytest.fixture
def voice() -> TextToSpeech:
    return FakeVoice()


async def test_each_side_is_heard_on_its_own_leg(tmp_path: Path, voice: TextToSpeech) -> None:
    script = tmp_path / "trial.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    said: list[None] = []

    path = await stage(load_conversation(script), voice, tmp_path, lambda: said.append(None))

    samples, rate_hz = soundfile.read(path, dtype="int16")
    agent_turn = samples[RATE_HZ * 800 // 1000 : RATE_HZ * 900 // 1000]
    assert rate_hz == RATE_HZ
    assert np.abs(agent_turn[:, 1]).max() > 20 * np.abs(agent_turn[:, 0]).max()
    assert len(said) == 2


async def test_the_same_script_is_staged_once(tmp_path: Path, voice: TextToSpeech) -> None:
    script = tmp_path / "trial.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    conversation = load_conversation(script)
    first = await stage(conversation, voice, tmp_path)
    said: list[None] = []

    second = await stage(conversation, voice, tmp_path, lambda: said.append(None))

    assert (second, said) == (first, [])
    assert await asyncio.to_thread(lambda: list(tmp_path.glob("*.part"))) == []


def test_the_line_hisses_quietly_and_always_the_same() -> None:
    noise = line_noise(8_000, seed=1)

    assert np.array_equal(noise, line_noise(8_000, seed=1))
    assert 10 < np.std(noise) < 60


def test_the_demonstration_has_callers_in_three_languages_and_an_emergency() -> None:
    conversations = load_conversations()

    languages = {line.language for c in conversations for line in c.lines if line.leg == "caller"}
    assert languages >= {LanguageTag("zh"), LanguageTag("en"), LanguageTag("fr")}
    assert any("emergency" in conversation.name for conversation in conversations)


def test_a_broken_conversation_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("lines: [{leg: nobody}]", encoding="utf-8")

    with pytest.raises(InputError, match=r"broken\.yaml is not a conversation"):
        load_conversation(path)
