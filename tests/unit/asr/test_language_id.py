"""A leg's language is decided when there is reason to, and kept until there is reason not to."""

import pytest

from asr.language_id import LanguageOpinion, among_ours, best
from asr.settings import LanguageSettings
from domain.errors import InputError
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag
from tests.fakes.utterance_reader import sure_of

JA = LanguageTag("ja")
UNSURE = dict.fromkeys(HOTLINE_LANGUAGES, 1 / 9)


def an_opinion(*evidence: tuple[dict[LanguageTag, float], int]) -> LanguageOpinion:
    opinion = LanguageOpinion(settings=LanguageSettings())
    for odds, speech_ms in evidence:
        opinion = opinion.after(odds, speech_ms)
    return opinion


def test_before_any_speech_nobody_knows() -> None:
    guess = an_opinion().guess

    assert guess.language is None
    assert guess.candidates == ()


def test_a_clear_sentence_decides() -> None:
    guess = an_opinion((sure_of(ZH), 2_500)).guess

    assert guess.language == ZH
    assert guess.probability > 0.75
    assert guess.candidates[0][0] == ZH


def test_too_little_speech_stays_unknown_but_names_candidates() -> None:
    guess = an_opinion((sure_of(ZH, 0.999), 500)).guess

    assert guess.language is None
    assert guess.candidates[0][0] == ZH


def test_unclear_speech_stays_unknown_however_long() -> None:
    assert an_opinion(*[(UNSURE, 4_000)] * 5).guess.language is None


def test_several_weak_signs_add_up() -> None:
    weak = sure_of(ZH, 0.55)

    assert an_opinion((weak, 1_200)).decided is None
    assert an_opinion(*[(weak, 1_200)] * 4).decided == ZH


def test_one_odd_utterance_does_not_change_a_decided_leg() -> None:
    assert (
        an_opinion((sure_of(ZH), 3_000), (sure_of(ZH), 3_000), (sure_of(JA, 0.8), 2_000)).decided
        == ZH
    )


def test_a_caller_who_changes_language_is_followed() -> None:
    opinion = an_opinion(*[(sure_of(ZH), 4_000)] * 5, *[(sure_of(EN), 3_000)] * 3)

    assert opinion.decided == EN


def test_short_answers_do_not_wear_a_decision_out() -> None:
    opinion = an_opinion((sure_of(ZH), 3_000), *[(UNSURE, 300)] * 10)

    assert opinion.decided == ZH


def test_an_utterance_is_read_in_the_decided_language() -> None:
    assert an_opinion((sure_of(ZH), 3_000)).language_for(sure_of(JA, 0.6), 2_000) == (ZH, True)


def test_a_long_overwhelming_utterance_is_read_in_its_own_language() -> None:
    opinion = an_opinion((sure_of(ZH), 3_000))

    assert opinion.language_for(sure_of(EN, 0.99), 2_500) == (EN, True)
    assert opinion.language_for(sure_of(EN, 0.99), 800) == (ZH, True)


def test_while_undecided_the_best_candidate_is_read_and_marked_unsure() -> None:
    assert an_opinion().language_for(sure_of(EN, 0.5), 900) == (EN, False)


def test_only_the_hotline_languages_are_answers() -> None:
    odds = among_ours({"pt": 0.7, "es": 0.2, "zh": 0.1})

    language, probability = best(odds)
    assert language == LanguageTag("es")
    assert probability == pytest.approx(2 / 3)
    assert sum(odds.values()) == pytest.approx(1)


def test_nothing_known_about_ours_is_no_opinion() -> None:
    assert set(among_ours({"pt": 1.0}).values()) == {1 / 9}


def test_a_threshold_out_of_range_is_refused_with_the_range() -> None:
    with pytest.raises(InputError, match=r"switch_at between 0.75 and 0.999, got 0.6"):
        LanguageSettings(switch_at=0.6)
