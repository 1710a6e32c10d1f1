"""The fake voice keeps the promises of a voice, which is what licenses tests to use it."""

from domain.ports import TextToSpeech
from tests.contract.text_to_speech import TextToSpeechContract
from tests.fakes.voice import FakeVoice


class TestFakeVoice(TextToSpeechContract):
    def make(self) -> TextToSpeech:
        return FakeVoice()
