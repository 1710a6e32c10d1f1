"""The words are a witness of their language."""

import pytest

from asr.language.witness import TextWitness
from domain.language import EN, HOTLINE_LANGUAGES, LanguageTag


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I would like to know when my card will be ready", "en"),
        ("Ich möchte wissen, wann meine Karte fertig ist", "de"),
        ("Quiero saber cuándo estará lista mi tarjeta", "es"),
        ("Je voudrais savoir quand ma carte sera prête", "fr"),
    ],
)
def test_languages_of_one_script_are_told_apart(text: str, language: str) -> None:
    odds = TextWitness(HOTLINE_LANGUAGES).odds(text)

    assert max(odds, key=lambda tag: odds[tag]) == language
    assert set(odds) == set(HOTLINE_LANGUAGES)


def test_a_text_without_words_says_nothing() -> None:
    assert set(TextWitness(HOTLINE_LANGUAGES).odds("1, 2, 3").values()) == {1 / 9}


def test_a_language_the_witness_does_not_know_is_left_out() -> None:
    assert EN in TextWitness((EN, LanguageTag("yue"))).odds("Good morning to you")
