"""A leg's label is told when it changes, and never pretends."""

from asr.language.leg_language import LegLanguage
from asr.settings import LanguageSettings
from domain.language import EN, ZH
from tests.fakes.utterance_reader import sure_of


def test_an_early_look_is_told_and_weighs_nothing_for_good() -> None:
    language = LegLanguage(LanguageSettings())

    (told,) = language.glimpse(sure_of(ZH), 3_000, 3_200)

    assert (told.guess.language, told.decided_at_ms) == (ZH, 3_200)
    assert (language.shown, language.read_as) == (ZH, ZH)
    assert language.opinion.decided is None


def test_a_label_is_told_once() -> None:
    language = LegLanguage(LanguageSettings())
    language.glimpse(sure_of(ZH), 3_000, 3_200)

    assert language.weigh(sure_of(ZH), 3_000, "我的社保卡丢了", 3_300) == []
    assert language.opinion.decided == ZH


def test_a_line_in_another_language_than_the_leg_is_marked_only_when_sure() -> None:
    language = LegLanguage(LanguageSettings())
    language.weigh(sure_of(ZH), 3_000, "我的社保卡丢了", 3_300)

    assert language.label(ZH, is_sure=False) == ZH
    assert language.label(EN, is_sure=True) == EN
    assert language.label(EN, is_sure=False) is None
