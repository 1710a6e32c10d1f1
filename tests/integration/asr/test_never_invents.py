"""Where nobody speaks, the real recogniser writes nothing, and where people speak, nothing is taken for music."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from asr.desk.reading import UtteranceReader
from asr.ear.resampling import Resampler
from asr.ear.vad import WINDOW_SAMPLES
from asr.settings import AsrSettings, PassageSettings
from asr.sounds import Passages
from bench.speech.clip import Codec
from bench.speech.listening import listen_to
from bench.speech.programme import FULL_S, programme
from domain.ports import SpeechToText
from tests.fakes.recognition import (
    human_recordings,
    needs_weights,
    place_of,
    recogniser_over,
    silero,
)
from tests.fakes.sound import recorded

EXCERPT_S = 120.0
SPEECH_AT = 0.5
CLIPS = 150

pytestmark = needs_weights("whisper-base", "silero-vad")


@pytest.fixture(scope="module")
def reader() -> UtteranceReader:
    from asr.engines.whisper import load_whisper

    weights = place_of("whisper-base")
    return load_whisper(engine="whisper-base", weights=weights, workers=1, settings=AsrSettings())


@pytest.fixture
async def whisper(reader: UtteranceReader) -> AsyncIterator[SpeechToText]:
    async with recogniser_over(reader, detection=silero()) as recogniser:
        yield recogniser


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
    folder, rows = human_recordings()
    short = [row for row in rows if float(row["seconds"]) < 20]
    return [folder / row["path"] for row in short[:: max(1, len(short) // CLIPS)]]


def test_no_human_speech_is_taken_for_music_or_a_tone(speech: list[Path]) -> None:
    detection, refused, marked = silero(), list[Path](), list[Path]()
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
