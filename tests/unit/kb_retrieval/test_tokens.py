import pytest

from domain.language import LanguageTag
from kb_retrieval.tokens import Tokeniser

TOKENISER = Tokeniser()


def shared(one: str, other: str, language: str | None = None) -> set[str]:
    tag = None if language is None else LanguageTag(language)
    return set(TOKENISER.pieces(one, tag)) & set(TOKENISER.pieces(other, tag))


def test_a_homophone_still_meets_the_word_that_was_meant() -> None:
    assert "she'bao" in shared("设保卡", "社保卡")


def test_chinese_words_and_pairs_are_both_counted() -> None:
    pieces = TOKENISER.pieces("住房公积金", None)

    assert {"住房", "公积", "积金"} <= set(pieces)


def test_the_same_chinese_pair_is_not_counted_twice() -> None:
    pieces = TOKENISER.pieces("路灯", None)

    assert pieces.count("路灯") == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Código", "codigo"),
        ("PASSPORT", "passport"),
        ("ＡＴＡ", "ata"),
        ("المترو", "مترو"),
        ("تأشيرة", "التأشيرة"),
        ("여권을", "여권"),
        ("паспорт", "ПАСПОРТ"),
    ],
)
def test_writing_habits_do_not_keep_words_apart(one: str, other: str) -> None:
    assert shared(one, other)


def test_japanese_is_cut_by_characters_and_not_by_a_chinese_dictionary() -> None:
    assert "再発" in TOKENISER.pieces("再発行したい", None)
    assert not any("'" in piece for piece in TOKENISER.pieces("再発行", LanguageTag("ja")))


def test_punctuation_alone_has_no_pieces() -> None:
    assert TOKENISER.pieces("……?!", None) == []
