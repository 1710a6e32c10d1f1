"""The scripted fake keeps the promises, which is what allows rooms to be tested with it."""

import pytest

from domain.ports import SpeechToText
from tests.contract.speech_to_text import SpeechToTextContract, Spoken
from tests.fakes.recogniser import Line, ScriptedRecogniser
from tests.fakes.sound import tone


class TestScriptedRecogniser(SpeechToTextContract):
    @pytest.fixture
    def recogniser(self) -> SpeechToText:
        return ScriptedRecogniser([Line("社保卡丢了怎么办")])

    @pytest.fixture
    def spoken(self) -> list[Spoken]:
        return [
            Spoken(pcm=tone(ms, hz=hz), text="社保卡丢了怎么办")
            for ms, hz in ((2_000, 440), (1_500, 600))
        ]
