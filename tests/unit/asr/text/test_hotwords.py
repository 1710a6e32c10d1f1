"""Recognition is biased with what titles are about, not with the words that join them."""

from asr.text.hotwords import hotwords_from

TITLES = ["住房公积金怎么提取", "住房公积金贷款", "居住证如何办理", "随申办 APP 登录问题", "公积金"]


def test_telling_words_come_out_and_filling_words_do_not() -> None:
    found = hotwords_from(TITLES, 50)

    assert {"公积金", "居住证", "APP", "住房公积金贷款"} <= set(found)
    assert not {"怎么", "如何", "办理", "问题"} & set(found)


def test_what_most_titles_are_about_comes_first() -> None:
    assert hotwords_from(TITLES, 1) == ("公积金",)


def test_no_more_than_the_limit_come_out() -> None:
    assert len(hotwords_from(TITLES, 2)) == 2
    assert hotwords_from(TITLES, 0) == ()
    assert hotwords_from([], 10) == ()
