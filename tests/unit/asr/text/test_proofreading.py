"""Known terms stand where a machine misheard them, and nothing else changes."""

import pytest

from asr.settings import CorrectionSettings, TextSettings
from asr.text.correction import Change
from asr.text.dictionary import dictionary
from asr.text.proofreading import Proofreader
from asr.text.spelling import Spelling
from domain.language import EN, ZH, LanguageTag
from spoken_text import Script

TERMS = ("随申办",)
YUE = LanguageTag("yue")


@pytest.mark.parametrize("language", [ZH, YUE, None])
def test_a_term_is_put_right_among_figures(language: LanguageTag | None) -> None:
    text = Spelling()("我用隨身辦打幺二三四五", ZH)

    right = Proofreader(terms=TERMS).proofread(text, language)

    assert right.text == "我用随申办打12345"
    assert right.changes == (Change(2, 5, "随身办"),)


def test_without_terms_nothing_is_put_right() -> None:
    assert Proofreader()("我用随身办", ZH) == "我用随身办"


def test_correction_can_be_switched_off() -> None:
    settings = TextSettings(correction=CorrectionSettings(is_on=False))

    assert Proofreader(settings, TERMS)("我用随身办", ZH) == "我用随身办"


def test_a_term_is_put_right_in_the_script_that_is_shown() -> None:
    settings = TextSettings(script=Script.TAIWAN)

    assert Proofreader(settings, TERMS)(Spelling(settings)("我用随身办", ZH), ZH) == "我用隨申辦"


@pytest.mark.parametrize(("text", "language"), [("我用随身办", EN), ("電話の件です", None)])
def test_other_languages_are_not_searched_for_terms(
    text: str, language: LanguageTag | None
) -> None:
    assert Proofreader(terms=TERMS)(text, language) == text


def test_a_text_without_a_misheard_term_comes_back_untouched() -> None:
    proofreader = Proofreader(terms=TERMS)

    assert proofreader("電話番号", None) == "電話番号"
    assert proofreader("電話番号", LanguageTag("ja")) == "電話番号"


def test_the_dictionary_is_loaded_once_for_everybody() -> None:
    Proofreader(terms=TERMS).load()

    assert dictionary() is dictionary(None)
