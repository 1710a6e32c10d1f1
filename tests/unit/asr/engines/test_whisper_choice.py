"""Of what the network offers, the text whose words people use is taken."""

import pytest

from asr.engines import whisper_choice
from asr.engines.whisper_choice import Frequencies, likeliest
from domain.language import LanguageTag

LISTS: dict[str, Frequencies] = {
    "de": {"im": 1e-2, "haus": 1e-4, "steht": 1e-4, "ein": 1e-2, "schrank": 1e-5},
    "fr": {"l'": 1e-2, "eau": 1e-4, "aujourd'hui": 1e-4, "lo": 1e-6},
    "zh": {"学院": 1e-4, "科学院": 1e-4, "哭": 1e-4, "了": 1e-2, "科": 1e-5, "元": 1e-4},
}


@pytest.fixture(autouse=True)
def _small_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper_choice, "_frequencies", lambda language: LISTS[language])


def chosen(language: str, *offers: tuple[str, float]) -> str:
    texts = [text for text, _ in offers]
    return texts[likeliest(texts, [own for _, own in offers], LanguageTag(language))]


def test_a_word_is_taken_before_a_sound_that_is_none() -> None:
    offers = ("Im Haus steht ein Schrang.", -3.0), ("Im Haus steht ein Schrank.", -4.5)

    assert chosen("de", *offers) == "Im Haus steht ein Schrank."


def test_among_words_the_network_is_right() -> None:
    assert chosen("de", ("Im Haus", -3.0), ("ein Schrank", -3.1)) == "Im Haus"


def test_a_network_that_is_sure_of_a_name_keeps_it() -> None:
    assert chosen("de", ("Im Haus steht Xylander.", -1.0), ("Im Haus steht.", -4.0)).endswith(
        "Xylander."
    )


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_an_elision_is_made_of_words(apostrophe: str) -> None:
    water = f"L{apostrophe}eau"

    assert chosen("fr", (water, -3.0), ("Lo", -3.5)) == water
    assert chosen("fr", (f"Aujourd{apostrophe}hui", -3.0), ("Lo", -3.5)).startswith("Auj")


def test_a_common_word_is_taken_before_its_like_in_sound() -> None:
    assert chosen("zh", ("哭了学院", -2.0), ("科学院", -2.5)) == "科学院"


def test_the_other_script_counts_as_the_same_words() -> None:
    assert chosen("zh", ("哭了學院", -2.0), ("科學院", -2.5)) == "科學院"


def test_figures_are_not_words_that_cost_nothing() -> None:
    assert chosen("zh", ("科学院", -2.0), ("3000000元", -2.5)) == "科学院"


def test_characters_no_list_knows_still_have_a_place() -> None:
    assert chosen("zh", ("哭了鱻院", -2.5), ("鱻學院", -2.5)) == "鱻學院"


@pytest.mark.parametrize("language", ["ar", "ja", "ko", "yue"])
def test_a_language_without_measured_lists_keeps_the_order_of_the_network(language: str) -> None:
    assert chosen(language, ("первый", -5.0), ("zweite", -1.0)) == "первый"


def test_equals_keep_their_order() -> None:
    assert chosen("de", ("Im Haus", -3.0), ("ein Haus", -3.0)) == "Im Haus"


def test_a_single_text_needs_no_list() -> None:
    assert likeliest(["whatever"], [-9.0], LanguageTag("xx")) == 0
