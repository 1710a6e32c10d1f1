"""Check that a voice keeps the promises of `domain.ports.TextToSpeech`."""

import asyncio
from abc import ABC, abstractmethod
from array import array

import pytest

from domain.audio import Speech
from domain.errors import InputError
from domain.language import LanguageTag
from domain.ports import TextToSpeech

SENTENCES = {
    "zh": "您反映的问题解决了吗?",
    "en": "Has your problem been solved?",
    "fr": "Votre problème est-il résolu ?",
    "es": "¿Se ha resuelto su problema?",
}
LONG = {
    "zh": "您好,我是市民服务热线的语音助手。" * 5,
    "en": "Hello, this is the assistant of the public service hotline. " * 4,
    "fr": "Bonjour, je suis l'assistant de la ligne des services publics. " * 4,
    "es": "Hola, soy el asistente de la línea de servicios públicos. " * 4,
}
FASTEST_CHARACTERS_PER_S = 40
SLOWEST_CHARACTERS_PER_S = 2


class TextToSpeechContract(ABC):
    """Subclass it and supply the voice."""

    @abstractmethod
    def make(self) -> TextToSpeech: ...

    @pytest.fixture
    def voice(self) -> TextToSpeech:
        return self.make()

    async def test_every_language_it_offers_can_be_heard(self, voice: TextToSpeech) -> None:
        for language in voice.languages:
            speech = await voice.speak(SENTENCES[language], language=language)

            assert loudest(speech) > 1000

    async def test_a_sentence_takes_as_long_as_a_sentence_takes(self, voice: TextToSpeech) -> None:
        for language in voice.languages:
            text = SENTENCES[language]

            speech = await voice.speak(text, language=language)

            pace = len(text) * 1000 / speech.duration_ms
            assert SLOWEST_CHARACTERS_PER_S < pace < FASTEST_CHARACTERS_PER_S

    async def test_the_same_sentence_sounds_the_same_every_time(self, voice: TextToSpeech) -> None:
        language = voice.languages[0]

        once = await voice.speak(SENTENCES[language], language=language)
        again = await voice.speak(SENTENCES[language], language=language)

        assert once == again

    async def test_a_longer_text_is_spoken_to_its_end(self, voice: TextToSpeech) -> None:
        language = voice.languages[0]
        short = await voice.speak(SENTENCES[language], language=language)

        long = await voice.speak(LONG[language], language=language)

        assert long.duration_ms > 3 * short.duration_ms

    async def test_nothing_is_clipped(self, voice: TextToSpeech) -> None:
        language = voice.languages[0]

        speech = await voice.speak(SENTENCES[language], language=language)

        assert loudest(speech) < 32_700

    async def test_two_people_speaking_at_once_do_not_mix(self, voice: TextToSpeech) -> None:
        language = voice.languages[0]
        texts = [SENTENCES[language], LONG[language][:40]]
        alone = [await voice.speak(text, language=language) for text in texts]

        together = await asyncio.gather(*(voice.speak(text, language=language) for text in texts))

        assert together == alone

    @pytest.mark.parametrize("text", ["", "   ", "……!?"])
    async def test_a_text_without_words_is_refused(self, voice: TextToSpeech, text: str) -> None:
        with pytest.raises(InputError, match="words"):
            await voice.speak(text, language=voice.languages[0])

    async def test_a_language_without_a_voice_is_refused(self, voice: TextToSpeech) -> None:
        with pytest.raises(InputError, match="xx"):
            await voice.speak("hello", language=LanguageTag("xx"))


def loudest(speech: Speech) -> int:
    return max(abs(sample) for sample in array("h", speech.pcm))
