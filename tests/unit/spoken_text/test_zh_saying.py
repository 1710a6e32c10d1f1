"""Figures are said as people say them."""

import pytest

from spoken_text.zh_saying import say_numbers, saying_rules

EXAMPLES = [
    pytest.param(written, said, id=f"{rule.name}: {written}")
    for rule in saying_rules().rules
    for written, said in rule.examples
]


@pytest.mark.parametrize(("written", "said"), EXAMPLES)
def test_every_rule_of_the_table_does_what_it_promises(written: str, said: str) -> None:
    assert say_numbers(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("我是12345热线", "我是幺二三四五热线"),
        ("拨打12333热线", "拨打幺二三三三热线"),
        ("2026年3月", "二零二六年三月"),
        ("等待15天", "等待十五天"),
        ("费用12345.6元", "费用一万二千三百四十五点六元"),
        ("我的车牌是京AD12345", "我的车牌是京AD幺二三四五"),
        ("上午9:00-11:30办理", "上午九点到十一点三十分办理"),
        ("第2个月", "第二个月"),
        ("2026年11月22日14:05", "二零二六年十一月二十二日十四点零五分"),
        ("补贴50%，约3000元", "补贴百分之五十，约三千元"),
        ("没有数字", "没有数字"),
        ("", ""),
    ],
)
def test_sentences_of_a_hotline(written: str, said: str) -> None:
    assert say_numbers(written) == said
