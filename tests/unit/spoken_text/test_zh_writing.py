"""Spoken numbers are written in figures where people write figures, and nowhere else."""

import pytest

from spoken_text.zh_writing import write_numbers, writing_rules

EXAMPLES = [
    pytest.param(said, written, id=f"{rule.name}: {said}")
    for rule in writing_rules().rules
    for said, written in rule.examples
]


@pytest.mark.parametrize(("said", "written"), EXAMPLES)
def test_every_rule_of_the_table_does_what_it_promises(said: str, written: str) -> None:
    assert write_numbers(said) == written
    assert write_numbers(written) == written


@pytest.mark.parametrize(
    "text",
    [
        "一下", "一个", "一点", "一些", "一起", "万一", "三心二意", "一般", "统一", "星期一", "周三", "十分感谢", "千万别",
        "两口子", "二手", "三轮", "不管三七二十一", "张三", "李四", "三里屯", "五道口", "二七区", "九江", "四川", "一直",
        "第一次", "百分之八九十", "七八个人", "十几个", "几十块", "二三十个", "两三天", "一块儿", "三三两两", "一五一十",
        "九九八十一", "有一点不明白", "说两点意见", "一路平安", "更上一层楼", "三室一厅", "八月十五", "三年级二班",
        "一分钱一分货", "十全十美", "八九不离十", "四五百", "数百亿日元", "三分之二", "一元复始", "万里长城",
    ],
)  # fmt: skip
def test_where_people_write_words_nothing_changes(text: str) -> None:
    assert write_numbers(text) == text
    assert write_numbers(f"我说{text}吧") == f"我说{text}吧"
