"""A clear sound is named at a glance; a doubtful one is written down in its likeliest languages first."""

from collections.abc import Sequence

import ctranslate2
import numpy as np
import pytest

from asr.ear.tape import Waveform
from asr.engines.whisper_decoder import Decoded, Encoded, Search, WhisperDecoder, Wish
from asr.engines.whisper_languages import WhisperLanguages
from asr.language.identification import OTHER, best
from asr.language.witness import TextWitness
from asr.settings.language import LanguageSettings
from domain.language import EN, HOTLINE_LANGUAGES, LanguageTag

RU = LanguageTag("ru")
SOUND: Waveform = np.zeros(48_000, np.float32)


class ScriptedNetwork(WhisperDecoder):
    """Says for each sound what it is told, and how fluent each language is."""

    def __init__(
        self, glances: Sequence[dict[str, float]], words: dict[LanguageTag, tuple[str, float]]
    ) -> None:
        self._glances = glances
        self._words = words
        self.contexts: list[tuple[int, float]] = []
        self.tries: list[tuple[float, LanguageTag]] = []

    @property
    def known_languages(self) -> tuple[LanguageTag, ...]:
        return HOTLINE_LANGUAGES

    def encode_batch(self, waveforms: Sequence[Waveform], context_s: float) -> Encoded:
        self.contexts += [(len(waveform), context_s) for waveform in waveforms]
        rows = np.arange(len(waveforms), dtype=np.float32).reshape(-1, 1, 1)
        return Encoded(view=ctranslate2.StorageView.from_array(rows), rows=len(waveforms))

    def languages(self, encoded: Encoded) -> list[dict[str, float]]:
        return list(self._glances)

    def decode(self, encoded: Encoded, wishes: Sequence[Wish], search: Search) -> list[Decoded]:
        rows = [float(row) for row in np.array(encoded.view).ravel()]
        self.tries += [(row, wish.language) for row, wish in zip(rows, wishes, strict=True)]
        said = [self._words.get(wish.language, ("…", -2.0)) for wish in wishes]
        return [
            Decoded(text=text, log_probability=score, no_speech_probability=0.0)
            for text, score in said
        ]


def languages(network: WhisperDecoder) -> WhisperLanguages:
    return WhisperLanguages(network, LanguageSettings(), TextWitness(HOTLINE_LANGUAGES))


def test_a_clear_sound_is_named_without_a_second_look() -> None:
    network = ScriptedNetwork([{"en": 0.97, "ru": 0.03}], {})

    (odds,) = languages(network).odds([SOUND])

    assert best(odds)[0] == EN
    assert best(odds)[1] == pytest.approx(0.97)
    assert network.tries == []
    assert network.contexts == [(64_000, 4.0)]


def test_in_doubt_the_language_in_which_it_makes_sense_wins() -> None:
    words = {
        RU: ("Мусор и подъёмный крюк", -0.7),
        EN: ("Muser be a carcinas podgeom", -1.5),
    }
    network = ScriptedNetwork([{"en": 0.55, "ru": 0.4, "fr": 0.05}], words)

    (odds,) = languages(network).odds([SOUND])

    assert best(odds)[0] == RU


def test_a_sentence_that_goes_in_circles_is_a_poor_witness() -> None:
    words = {RU: ("да да да да да да да да да", -0.8), EN: ("yes that is what I meant", -0.8)}
    network = ScriptedNetwork([{"en": 0.5, "ru": 0.5}], words)

    (odds,) = languages(network).odds([SOUND])

    assert best(odds)[0] == EN


def test_only_the_doubtful_of_several_sounds_are_looked_at_again() -> None:
    clear, doubtful = {"en": 1.0}, {"en": 0.5, "ru": 0.4, "fr": 0.1}
    network = ScriptedNetwork([clear, doubtful, clear], {RU: ("Здравствуйте, это я", -0.5)})

    answers = languages(network).odds([SOUND] * 3)

    assert [best(odds)[0] for odds in answers] == [EN, RU, EN]
    assert {row for row, _ in network.tries} == {1}
    assert [tag for _, tag in network.tries][:3] == [EN, RU, LanguageTag("fr")]
    assert len(network.tries) == 5


def test_a_stranger_is_not_worth_a_second_look() -> None:
    network = ScriptedNetwork([{"it": 0.96, "es": 0.02, "fr": 0.02}], {})

    (odds,) = languages(network).odds([SOUND])

    assert odds[OTHER] == pytest.approx(0.96)
    assert network.tries == []


def test_no_sound_is_no_question() -> None:
    network = ScriptedNetwork([], {})

    assert languages(network).odds([]) == []
    assert network.contexts == []
