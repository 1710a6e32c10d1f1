"""Where nobody speaks, the real recogniser writes nothing, and where people speak, nothing is taken for music."""

import asyncio
import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from asr.desk.reading_desk import PooledDesk
from asr.ear.resampling import Resampler
from asr.ear.vad import WINDOW_SAMPLES
from asr.leg.hearing import Equipment
from asr.leg.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings, PassageSettings
from asr.sounds import Passages
from bench.speech.clip import Codec
from bench.speech.listening import listen_to
from bench.speech.programme import FULL_S, programme
from domain.ports import SpeechToText
from models.pool import InferencePool
from models.shelf import Shelf, weights_root
from tests.fakes.clock import FakeClock
from tests.fakes.sound import recorded

WHISPER = Shelf(weights_root()).place("whisper-base")
SILERO = Shelf(weights_root()).place("silero-vad") / "silero_vad_v6.onnx"
EXCERPT_S = 120.0
SPEECH_AT = 0.5
CLIPS = 150

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(
        not (WHISPER.is_dir() and SILERO.is_file()),
        reason="weights absent; run: hotline models pull whisper-base silero-vad",
    ),
]


@pytest.fixture(scope="module")
def whisper() -> Iterator[SpeechToText]:
    from asr.engines.silero import SileroDetection
    from asr.engines.whisper import load_whisper

    settings, pool = AsrSettings(), InferencePool(name="asr", workers=1, depth=4)
    reader = load_whisper(engine="whisper-base", weights=WHISPER, workers=1, settings=settings)
    yield UtteranceRecogniser(
        Equipment(
            desk=PooledDesk(reader, pool),
            detection=SileroDetection(SILERO),
            clock=FakeClock(),
            settings=settings,
        )
    )
    asyncio.run(pool.aclose())


async def invented(whisper: SpeechToText, codec: Codec, seconds: float) -> dict[str, str]:
    pieces = programme(codec=codec, seconds=seconds)
    heard = {p.name: (await listen_to(whisper, p.clip, p.name)).text for p in pieces}
    return {name: text for name, text in heard.items() if text}


@pytest.mark.parametrize("codec", [Codec.G711, Codec.NONE])
async def test_two_minutes_without_a_word_stay_without_one(
    whisper: SpeechToText, codec: Codec
) -> None:
    assert await invented(whisper, codec, EXCERPT_S) == {}


@pytest.mark.slow
@pytest.mark.parametrize("codec", [Codec.G711, Codec.G711A, Codec.NONE])
async def test_twenty_minutes_without_a_word_stay_without_one(
    whisper: SpeechToText, codec: Codec
) -> None:
    assert await invented(whisper, codec, FULL_S) == {}


@pytest.fixture(scope="module")
def speech() -> list[Path]:
    """Human speech of every kind there is, evenly picked."""
    root = Path(os.environ.get("HOTLINE_TEST_DATA", ""))
    if not (root / "manifest.csv").is_file():
        pytest.skip("HOTLINE_TEST_DATA names no folder with human speech")
    with (root / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if float(row["seconds"]) < 20]
    return [root / row["path"] for row in rows[:: max(1, len(rows) // CLIPS)]]


def test_no_human_speech_is_taken_for_music_or_a_tone(speech: list[Path]) -> None:
    from asr.engines.silero import SileroDetection

    detection, refused, marked = SileroDetection(SILERO), list[Path](), list[Path]()
    for path in speech:
        resampler = Resampler(8_000)
        waveform = np.concatenate([resampler.feed(recorded(path)), resampler.flush()])
        waveform = waveform[: len(waveform) - len(waveform) % WINDOW_SAMPLES]
        odds = detection.start().probabilities(waveform)
        passages = Passages(settings=PassageSettings())
        found = passages.hear(waveform, odds, 0) + passages.end()
        if passages.why_not_speech(0, len(waveform)):
            refused.append(path)
        places = [range(p.start_sample // 512, p.end_sample // 512) for p in found]
        if sum(odds[at] >= SPEECH_AT for place in places for at in place) > 2:
            marked.append(path)

    assert refused == []
    assert marked == []
