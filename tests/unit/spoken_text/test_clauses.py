"""Long texts are cut where a person would breathe."""

from spoken_text import clauses


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
