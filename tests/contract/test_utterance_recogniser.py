"""The listening part of the recognition room keeps the promises over any machine that reads utterances."""

import asyncio
from collections.abc import Iterator

import pytest

from asr.desk.reading_desk import PooledDesk
from asr.leg.hearing import Equipment
from asr.leg.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings
from domain.ports import SpeechToText
from models.pool import InferencePool
from tests.contract.speech_to_text import SpeechToTextContract, Spoken
from tests.fakes.clock import FakeClock
from tests.fakes.utterance_reader import LoudnessDetection, ScriptedReader
from tests.fakes.voiced import voiced

WORDS = {440: "社保卡丢了怎么办", 600: "我要反映噪音问题"}


@pytest.fixture(scope="module")
def pool() -> Iterator[InferencePool]:
    pool = InferencePool(name="asr", workers=2, depth=4)
    yield pool
    asyncio.run(pool.aclose())


class TestUtteranceRecogniser(SpeechToTextContract):
    @pytest.fixture
    def recogniser(self, pool: InferencePool) -> SpeechToText:
        return UtteranceRecogniser(
            Equipment(
                desk=PooledDesk(ScriptedReader(WORDS), pool),
                detection=LoudnessDetection(),
                clock=FakeClock(),
                settings=AsrSettings(),
            )
        )

    @pytest.fixture
    def spoken(self) -> list[Spoken]:
        return [Spoken(pcm=voiced(2_000, hz=hz), text=text) for hz, text in WORDS.items()]
