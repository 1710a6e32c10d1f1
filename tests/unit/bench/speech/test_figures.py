from pathlib import Path

import pytest

from bench.speech.cpu_time import Cost
from bench.speech.error_rate import Tally, ratio, tally, unit
from bench.speech.interval import ratio_interval
from bench.speech.manifest import SILENCE, Row
from bench.speech.recognition import Coverage, Outcome, Said
from bench.speech.recognition_figures import recognition_figures
from bench.speech.stretches import merged, overlap_ms, total_ms


def said(errors: int, length: int, cpu_s: float = 1.0) -> Said:
    return Said(
        text="…", cost=Cost(cpu_s=cpu_s, wall_s=cpu_s), tally=Tally(errors=errors, length=length)
    )


def an_outcome(
    language: str, ours: Said, peer: Said | None, *, transcript: str = "words"
) -> Outcome:
    row = Row(
        line=2,
        path=Path("a.wav"),
        language=language,
        transcript=transcript,
        speaker="",
        start_s=None,
        end_s=None,
    )
    coverage = Coverage(speech_ms=1_000, transcribed_ms=900, accounted_ms=1_000)
    return Outcome(row=row, audio_s=2.0, ours=ours, peer=peer, coverage=coverage)


def test_chinese_is_counted_by_characters_and_english_by_words() -> None:
    assert tally("你好世界", "你好 世间", "zh") == Tally(errors=1, length=4)
    assert tally("good morning all", "good evening", "en") == Tally(errors=2, length=3)
    assert (unit("yue"), unit("en+zh"), unit("fr")) == ("cer", "cer", "wer")


def test_punctuation_and_case_are_no_errors() -> None:
    assert tally("Guten Morgen.", "guten morgen", "de").errors == 0


def test_words_that_nobody_said_are_errors_even_of_an_empty_reference() -> None:
    assert tally("", "thank you", "en") == Tally(errors=2, length=0)
    assert Tally(errors=2, length=0).rate is None


def test_a_ratio_to_a_faultless_peer_is_one_or_unknown() -> None:
    assert ratio(0, 0) == 1.0
    assert ratio(3, 0) is None
    assert ratio(3, 4) == 0.75


def test_the_worst_language_with_enough_clips_is_the_headline() -> None:
    good = [an_outcome("zh", said(1, 10), said(2, 10)) for _ in range(5)]
    poor = [an_outcome("en", said(3, 10), said(2, 10)) for _ in range(5)]
    rare = [an_outcome("ko", said(9, 10), said(1, 10))]

    figures = recognition_figures([*good, *poor, *rare], with_clips=False)

    assert figures["error_ratio"] == 1.5
    assert figures["error_ratio_worst_language"] == "en"
    assert figures["error_ratio_pooled"] == pytest.approx((5 + 15 + 9) / (10 + 10 + 1), abs=1e-4)
    assert figures["languages"]["ko"]["error_ratio"] == 9.0
    assert figures["languages"]["zh"]["error_rate"] == 0.1


def test_a_language_where_only_we_err_is_the_worst_and_has_no_ratio() -> None:
    outcomes = [an_outcome("en", said(3, 10), said(2, 10)) for _ in range(5)]
    outcomes += [an_outcome("fr", said(1, 10), said(0, 10)) for _ in range(5)]

    figures = recognition_figures(outcomes, with_clips=False)

    assert (figures["error_ratio"], figures["error_ratio_worst_language"]) == (None, "fr")


def test_costs_are_summed_before_they_are_divided() -> None:
    outcomes = [
        an_outcome("en", said(0, 1, cpu_s=1.0), said(0, 1, cpu_s=1.0)),
        an_outcome("en", said(0, 1, cpu_s=1.0), said(0, 1, cpu_s=9.0)),
    ]

    figures = recognition_figures(outcomes, with_clips=False)

    assert figures["cost_ratio"] == 0.2
    assert figures["speech_transcribed_percent"] == 90.0
    assert figures["speech_accounted_percent"] == 100.0


def test_without_a_peer_there_is_no_ratio() -> None:
    figures = recognition_figures([an_outcome("en", said(1, 10), None)], with_clips=True)

    assert figures["cost_ratio"] is figures["error_ratio"] is None
    assert figures["languages"]["en"]["error_rate"] == 0.1
    assert figures["clips"][0]["peer_hypothesis"] is None


def test_words_written_into_silence_are_invented_and_no_errors() -> None:
    silent = an_outcome("en", said(4, 0), said(7, 0), transcript=SILENCE)
    spoken = an_outcome("en", said(1, 10), said(1, 10))

    figures = recognition_figures([silent, spoken], with_clips=False)

    assert (figures["invented_words"], figures["peer_invented_words"]) == (4, 7)
    assert figures["overall"]["errors"] == 1
    assert figures["silent_s"] == 2.0


def test_the_interval_holds_the_ratio_and_narrows_with_more_clips() -> None:
    few = ratio_interval([1, 3, 2, 0, 5], [2, 2, 2, 2, 2])
    many = ratio_interval([1, 3, 2, 0, 5] * 20, [2, 2, 2, 2, 2] * 20)

    assert few[0] is not None
    assert few[1] is not None
    assert many[0] is not None
    assert many[1] is not None
    assert few[0] < many[0] < 1.1 < many[1] < few[1]


def test_one_clip_has_no_interval_and_a_faultless_peer_no_upper_end() -> None:
    assert ratio_interval([1], [1]) == (None, None)
    assert ratio_interval([1, 1, 1], [0, 0, 0]) == (None, None)


def test_stretches_are_merged_widened_and_compared() -> None:
    whole = merged([(500, 900), (0, 300), (290, 400)], 50)

    assert whole == ((0, 950),)
    assert total_ms(merged([(0, 10), (20, 30)])) == 20
    assert overlap_ms(((0, 100),), ((50, 70), (90, 200))) == 30
