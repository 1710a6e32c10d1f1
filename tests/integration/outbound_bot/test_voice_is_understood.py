"""What the voice says is what whisper hears: every answer of the simulated people, through a telephone band."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr
from faster_whisper import WhisperModel
from jiwer import cer

from domain.language import EN, ZH, LanguageTag
from models.pool import InferencePool
from models.shelf import Shelf, weights_root
from outbound_bot.answer_reader import normalise
from outbound_bot.engines.kokoro import Kokoro

VOICE = Shelf(weights_root()).place("kokoro-82m")
EARS = Shelf(weights_root()).place("whisper-base")

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(
        not (VOICE.is_dir() and EARS.is_dir()),
        reason="weights absent; run: hotline models pull kokoro-82m whisper-base",
    ),
]
FLOOR = 0.25  # character error rate; short phrases over 8 kHz, measured 0.05 to 0.15


@pytest.fixture(scope="module")
def pool() -> Iterator[InferencePool]:
    pool = InferencePool(name="voice", workers=1)
    yield pool
    asyncio.run(pool.aclose())


@pytest.mark.parametrize(
    ("language", "voice", "texts"),
    [
        (ZH, "zf_xiaoyi", ["他们联系过我了", "还没有解决", "我很满意", "您反映的问题解决了吗"]),
        (EN, "bf_emma", ["yes they have called me", "no it is not solved", "only partly solved"]),
    ],
)
async def test_short_answers_survive_the_telephone(
    tmp_path: Path, pool: InferencePool, language: LanguageTag, voice: str, texts: list[str]
) -> None:
    kokoro = Kokoro(weights=VOICE, cache=tmp_path, pool=pool)
    ears = WhisperModel(str(EARS), device="cpu", compute_type="int8", cpu_threads=1)
    heard = []
    for text in texts:
        speech = await kokoro.speak(text, language=language, voice=voice)
        wave = np.frombuffer(speech.pcm, "<i2").astype(np.float32) / 32768
        quiet = np.zeros(4000, np.float32)
        wide = soxr.resample(np.concatenate([quiet, wave, quiet]), 8000, 16000)
        segments, _ = ears.transcribe(wide, language=language, beam_size=5)
        heard.append(normalise("".join(segment.text for segment in segments), language))

    assert cer([normalise(text, language) for text in texts], heard) < FLOOR
