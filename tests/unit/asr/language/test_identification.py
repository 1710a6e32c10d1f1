"""A leg's language is decided when there is reason to, and kept until there is reason not to."""

import pytest

from asr.language.identification import (
    OTHER,
    LanguageOpinion,
    Odds,
    among_ours,
    best,
    without_other,
)
from asr.language.signs import YUE
from asr.settings import LanguageSettings
from domain.errors import InputError
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag
from tests.fakes.utterance_reader import sure_of

JA = LanguageTag("ja")
UNSURE = dict.fromkeys(HOTLINE_LANGUAGES, 1 / 9)


def an_opinion(*evidence: tuple[Odds, int]) -> LanguageOpinion:
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
    assert sum(without_other(odds).values()) == pytest.approx(1)
    assert odds[OTHER] == pytest.approx(0.7)


def test_nothing_known_about_ours_is_no_opinion() -> None:
    odds = among_ours({"pt": 1.0})

    assert set(without_other(odds).values()) == {1 / 9}
    assert odds[OTHER] == 1


def test_what_the_network_takes_for_a_neighbour_speaks_for_ours() -> None:
    odds = among_ours({"lt": 0.5, "uk": 0.3, "ru": 0.1, "en": 0.1})

    assert best(odds)[0] == LanguageTag("ru")


def test_a_language_that_is_not_allowed_is_never_answered() -> None:
    odds = among_ours({"ja": 0.9, "zh": 0.1}, (ZH, EN))

    assert set(without_other(odds)) == {ZH, EN}
    assert odds[OTHER] == pytest.approx(0.9)


def test_a_network_that_knows_cantonese_is_believed() -> None:
    assert best(among_ours({"yue": 0.8, "zh": 0.2}))[0] == YUE


def test_a_bare_majority_decides_nothing_at_first_and_is_decided_by_the_next_like_it() -> None:
    likely = sure_of(ZH, 0.8)

    assert an_opinion((likely, 2_500)).guess.language is None
    assert an_opinion((likely, 2_500), (likely, 2_500)).guess.language == ZH


def test_odds_that_a_few_words_do_not_earn_are_enough_for_a_sentence() -> None:
    assert an_opinion((sure_of(ZH, 0.95), 1_000)).guess.language is None
    assert an_opinion((sure_of(ZH, 0.95), 1_500)).guess.language == ZH


@pytest.mark.parametrize(
    ("odds", "speech_ms"),
    [
        (sure_of(ZH, 0.8), 2_500),
        (sure_of(ZH, 0.95), 1_000),
        (sure_of(ZH, 1.0), 900),
        (sure_of(ZH, 1.0), 0),
        ({**sure_of(ZH), OTHER: 0.97}, 2_500),
    ],
    ids=["unclear", "a few words", "one word", "no speech", "foreign"],
)
def test_a_first_window_that_says_too_little_is_unknown(odds: Odds, speech_ms: int) -> None:
    guess = an_opinion((odds, speech_ms)).guess

    assert guess.language is None
    assert OTHER not in [tag for tag, _ in guess.candidates]


def test_one_odd_utterance_does_not_turn_a_leg_however_sure_the_network_is_of_it() -> None:
    opinion = an_opinion((sure_of(ZH, 0.999), 3_000), (sure_of(JA, 0.999), 1_200))

    assert opinion.decided == ZH


def test_a_caller_of_another_language_stays_unknown_however_long() -> None:
    foreign: Odds = {**sure_of(LanguageTag("es")), OTHER: 0.96}

    guess = an_opinion(*[(foreign, 3_000)] * 4).guess

    assert guess.language is None
    assert guess.candidates[0][0] == LanguageTag("es")


def test_one_foreign_sounding_utterance_does_not_change_a_decided_leg() -> None:
    foreign: Odds = {**sure_of(ZH), OTHER: 0.99}

    assert an_opinion((sure_of(ZH), 3_000), (foreign, 2_000)).decided == ZH


def test_one_word_never_decides_a_language() -> None:
    korean = sure_of(LanguageTag("ko"), 0.999)  # what "Continue" was heard as

    assert an_opinion((korean, 600)).decided is None
    assert an_opinion((sure_of(EN), 3_000), (korean, 600)).decided == EN


def test_a_caller_who_goes_to_and_fro_is_marked_as_mixing() -> None:
    to_and_fro = [(sure_of(ZH), 2_000), (sure_of(EN), 2_000), (sure_of(ZH), 2_000)]

    assert an_opinion(*to_and_fro).guess.mixed == (ZH, EN)
    assert an_opinion(*to_and_fro[:2]).guess.mixed == ()


def test_who_writes_cantonese_is_not_said_to_mix_mandarin_into_english() -> None:
    mixing = an_opinion(*[(sure_of(tag, 0.97), 2_000) for tag in (ZH, EN, ZH)])

    assert mixing.after(sure_of(ZH, 0.97), 2_000, "我哋嘅社保卡唔見咗").guess.mixed == ()


def test_cantonese_words_are_never_silently_mandarin() -> None:
    mandarin = LanguageOpinion(settings=LanguageSettings()).after(sure_of(ZH), 3_000)

    once = mandarin.after(sure_of(ZH), 3_000, "我哋今日嚟问下")
    twice = once.after(sure_of(ZH), 3_000, "佢话而家冇人喺度")

    assert once.guess.language is None
    assert twice.guess.language == YUE


def test_a_long_foreign_utterance_is_read_as_the_nearest_and_marked_unsure() -> None:
    spanish = LanguageTag("es")

    assert an_opinion().language_for({**sure_of(spanish), OTHER: 0.97}, 3_000) == (spanish, False)


def test_a_threshold_out_of_range_is_refused_with_the_range() -> None:
    with pytest.raises(InputError, match=r"switch_at between 0.86 and 0.999, got 0.6"):
        LanguageSettings(switch_at=0.6)
