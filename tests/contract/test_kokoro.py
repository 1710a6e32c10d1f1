"""Kokoro keeps the promises of a voice, and reads hotline numbers as people do."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import EngineError, InputError
from domain.language import EN, ZH
from domain.ports import TextToSpeech
from models.pool import InferencePool
from models.shelf import Shelf, weights_root
from outbound_bot.engines.kokoro import MODEL_FILE, Kokoro
from tests.contract.text_to_speech import SENTENCES, TextToSpeechContract

MODEL_ID = "kokoro-82m"
WEIGHTS = Shelf(weights_root()).place(MODEL_ID)

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(
        not WEIGHTS.is_dir(), reason=f"weights absent; run: hotline models pull {MODEL_ID}"
    ),
]


@pytest.fixture(scope="module")
def pool() -> Iterator[InferencePool]:
    pool = InferencePool(name="voice", workers=1)
    yield pool
    asyncio.run(pool.aclose())


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests, so that each sentence is synthesised once."""
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture(scope="module")
def kokoro(pool: InferencePool, prompts: Path) -> Kokoro:
    return Kokoro(weights=WEIGHTS, cache=prompts, pool=pool)


class TestKokoro(TextToSpeechContract):
    @pytest.fixture(autouse=True)
    def _take(self, kokoro: Kokoro) -> None:
        self._kokoro = kokoro

    def make(self) -> TextToSpeech:
        return self._kokoro


async def test_a_prompt_once_spoken_is_read_from_the_cache(
    kokoro: Kokoro, prompts: Path, pool: InferencePool
) -> None:
    spoken = await kokoro.speak(SENTENCES["en"], language=EN)
    files = kept_in(prompts)

    again = await Kokoro(weights=WEIGHTS, cache=prompts, pool=pool).speak(
        SENTENCES["en"], language=EN
    )

    assert again == spoken
    assert kept_in(prompts) == files


async def test_another_voice_sounds_different(kokoro: Kokoro) -> None:
    usual = await kokoro.speak(SENTENCES["zh"], language=ZH)

    other = await kokoro.speak(SENTENCES["zh"], language=ZH, voice="zm_yunjian")

    assert other.pcm != usual.pcm


@pytest.mark.parametrize("voice", ["zf_nobody", "../zf_xiaoxiao"])
async def test_a_voice_it_does_not_have_is_refused(kokoro: Kokoro, voice: str) -> None:
    with pytest.raises(InputError, match="voice"):
        await kokoro.speak(SENTENCES["zh"], language=ZH, voice=voice)


async def test_missing_weights_say_how_to_get_them(tmp_path: Path, pool: InferencePool) -> None:
    with pytest.raises(EngineError, match="hotline models pull"):
        Kokoro(weights=tmp_path, cache=tmp_path, pool=pool)


async def test_a_missing_model_file_is_told_before_the_first_call(
    tmp_path: Path, pool: InferencePool
) -> None:
    (tmp_path / "vocab.json").write_bytes((WEIGHTS / "vocab.json").read_bytes())

    with pytest.raises(EngineError, match="hotline models pull"):
        Kokoro(weights=tmp_path, cache=tmp_path, pool=pool)


async def test_a_damaged_model_file_says_what_to_run(tmp_path: Path, pool: InferencePool) -> None:
    (tmp_path / "vocab.json").write_bytes((WEIGHTS / "vocab.json").read_bytes())
    (tmp_path / "voices").symlink_to(WEIGHTS / "voices")
    (tmp_path / MODEL_FILE).write_bytes(b"not a model")
    damaged = Kokoro(weights=tmp_path, cache=tmp_path / "prompts", pool=pool)

    with pytest.raises(EngineError, match="hotline models verify"):
        await damaged.speak(SENTENCES["en"], language=EN)


def kept_in(prompts: Path) -> list[Path]:
    return sorted(prompts.rglob("*.pcm"))
