"""The listening part of the recognition room keeps the promises over any machine that reads utterances."""

from collections.abc import AsyncIterator

import pytest

from domain.ports import SpeechToText
from tests.contract.speech_to_text import SpeechToTextContract, Spoken
from tests.fakes.recognition import recogniser_over
from tests.fakes.utterance_reader import ScriptedReader
from tests.fakes.voiced import voiced

WORDS = {440: "社保卡丢了怎么办", 600: "我要反映噪音问题"}


class TestUtteranceRecogniser(SpeechToTextContract):
    @pytest.fixture
    async def recogniser(self) -> AsyncIterator[SpeechToText]:
        async with recogniser_over(ScriptedReader(WORDS), workers=2) as recogniser:
            yield recogniser

    @pytest.fixture
    def spoken(self) -> list[Spoken]:
        return [Spoken(pcm=voiced(2_000, hz=hz), text=text) for hz, text in WORDS.items()]
