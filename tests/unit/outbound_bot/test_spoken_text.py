"""Numbers are read as people read them, and long texts are cut where a person would breathe."""

import pytest

from domain.language import EN, ZH, LanguageTag
from outbound_bot.spoken_text import as_spoken, clauses


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("我是12345热线", "我是幺二三四五热线"),
        ("请拨打110或120", "请拨打幺幺零或幺二零"),
        ("电话13800138000", "电话幺三八零零幺三八零零零"),
        ("拨打12333热线", "拨打幺二三三三热线"),
        ("2026年3月", "二零二六年3月"),
        ("补贴3000元", "补贴3000元"),
        ("一共120元", "一共120元"),
        ("等待15天", "等待15天"),
        ("是请按1,否请按2。", "是请按1,否请按2。"),
        ("费用12345.6元", "费用12345.6元"),
    ],
)
def test_mandarin_numbers(text: str, spoken: str) -> None:
    assert as_spoken(text, ZH) == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("the 12345 hotline", "the one two three four five hotline"),
        ("press 1 for yes", "press 1 for yes"),
        ("in 2026", "in 2026"),
        ("it costs 12345.60", "it costs 12345.60"),
    ],
)
def test_english_numbers(text: str, spoken: str) -> None:
    assert as_spoken(text, EN) == spoken


def test_other_languages_keep_their_text() -> None:
    assert as_spoken("le 12345", LanguageTag("fr")) == "le 12345"


def test_sentences_are_spoken_one_by_one() -> None:
    assert list(clauses("您好。请问问题解决了吗?谢谢!", longest=60)) == [
        "您好。",
        "请问问题解决了吗?",
        "谢谢!",
    ]


def test_a_long_sentence_is_cut_at_its_commas() -> None:
    cut = list(clauses("您好,我是热线的语音助手,想做一个回访,大约一分钟", longest=12))

    assert cut == ["您好,", "我是热线的语音助手,", "想做一个回访,大约一分钟"] or all(
        len(part) <= 12 for part in cut
    )
    assert "".join(cut) == "您好,我是热线的语音助手,想做一个回访,大约一分钟"


def test_even_a_sentence_without_a_breath_is_cut() -> None:
    assert [len(part) for part in clauses("长" * 25, longest=10)] == [10, 10, 5]


def test_what_has_no_words_is_not_spoken() -> None:
    assert list(clauses("……!?。", longest=10)) == []
