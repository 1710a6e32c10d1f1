"""Text is cut into what people look for."""

import pytest

from storage.transcript_index.folding import fold
from storage.transcript_index.runs import Run, Writing, runs
from storage.transcript_index.term import Term, joined
from storage.transcript_index.tokens import pair_tokens


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Élysée", "elysee"),
        ("Straße", "strasse"),
        ("ＡＢＣ１２", "abc12"),
        ("が", "が"),
        ("한국", "한국"),
        ("ё", "е"),
        ("社保卡", "社保卡"),
    ],
)
def test_spellings_that_mean_the_same_look_the_same(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_a_folded_character_knows_where_it_came_from() -> None:
    folded = fold("die Straße hier")

    at = folded.text.index("strasse")

    assert folded.span(at, at + len("strasse")) == (4, 10)


def test_a_text_is_cut_where_its_writing_changes() -> None:
    assert [(run.writing, run.text) for run in runs("办理5g网络, ok! 申し込み")] == [
        (Writing.HAN, "办理"), (Writing.SPACED, "5g"), (Writing.HAN, "网络"), (Writing.SPACED, "ok"),
        (Writing.HAN, "申"), (Writing.SYLLABIC, "し"), (Writing.HAN, "込"), (Writing.SYLLABIC, "み"),
    ]  # fmt: skip


def test_chinese_is_filed_by_pairs_and_letters_by_words() -> None:
    assert list(pair_tokens("社保卡 5g")) == ["社保", "保卡", "卡", "5g"]


def test_no_letter_or_digit_of_a_term_can_be_syntax() -> None:
    run = Run(writing=Writing.SPACED, text="and", start=0)

    assert Term(runs=(run,)).expression() == 'pairs : "and"'
    assert Term(runs=(run,), is_open=True).expression() == 'pairs : "and" *'


def test_marks_that_touch_are_one_mark() -> None:
    assert joined([(4, 6), (0, 2), (1, 3), (6, 7)]) == ((0, 3), (4, 7))
