"""Urgency is read from words, and denied words do not count."""

import pytest

from domain.understanding import Urgency
from nlu.settings import NluSettings
from nlu.urgency import UrgencySigns, load_urgency_signs


@pytest.fixture(scope="module")
def signs() -> UrgencySigns:
    return load_urgency_signs(NluSettings().urgency_signs)


@pytest.mark.parametrize(
    ("text", "urgency", "words"),
    [
        ("我家厨房着火了", Urgency.URGENT, "着火"),
        ("有人被困在电梯里", Urgency.URGENT, "被困"),
        ("我爸突然晕倒了", Urgency.URGENT, "晕倒"),
        ("我不想活了", Urgency.URGENT, "不想活"),
        ("我被绑架了", Urgency.URGENT, "绑架"),
        ("没有呼吸了", Urgency.URGENT, "没有呼吸"),
        ("护照被偷了 今晚的飞机", Urgency.URGENT, "护照被偷了 今晚的飞机"),
        ("我在巴黎护照丢了", Urgency.PRESSING, "护照丢"),
        ("我们小区停水了", Urgency.PRESSING, "停水"),
        ("麻烦尽快处理", Urgency.PRESSING, "尽快"),
        ("这个不着急", Urgency.NORMAL, "不着急"),
        ("没有着火 只是冒烟 有人被困", Urgency.URGENT, "被困"),
        ("my passport was stolen and I fly tonight", Urgency.URGENT, "passport was stolen and I fly tonight"),
        ("someone stole my passport", Urgency.PRESSING, "stole my passport"),
        ("my father is unconscious", Urgency.URGENT, "unconscious"),
        ("there is no hurry", Urgency.NORMAL, "no hurry"),
        ("au secours il y a un incendie", Urgency.URGENT, "au secours"),
        ("помогите у нас пожар", Urgency.URGENT, "помогите"),
        ("助けて", Urgency.URGENT, "助けて"),
    ],
)  # fmt: skip
def test_the_strongest_sign_counts_with_its_words(
    signs: UrgencySigns, text: str, urgency: Urgency, words: str
) -> None:
    sign = signs.read(text)

    assert sign is not None
    assert (sign.urgency, sign.text) == (urgency, words)
    assert text[sign.start_char : sign.end_char] == sign.text


@pytest.mark.parametrize(
    "text",
    [
        "没有着火",
        "不是被绑架",
        "如果着火了打哪个电话",
        "怎么防止煤气中毒",
        "there is no fire, nobody is trapped",
        "what should I do if I am robbed",
        "社保卡怎么办理",
        "",
    ],
)
def test_what_is_denied_or_only_imagined_is_not_urgent(signs: UrgencySigns, text: str) -> None:
    assert signs.read(text) is None
