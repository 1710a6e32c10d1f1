"""Syllables that people confuse on the telephone are near, others are not."""

import pytest

from asr.text.syllables import DIFFERENT, HALF_DIFFERENT, NEAR, distance, syllables_of


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("妈", "马", 0.0),
        ("是", "四", NEAR),
        ("南", "兰", NEAR),
        ("福", "湖", NEAR),
        ("京", "金", NEAR),
        ("生", "身", NEAR),
        ("上", "善", NEAR),
        ("黄", "玩", DIFFERENT),
        ("妈", "木", HALF_DIFFERENT),
        ("妈", "书", DIFFERENT),
    ],
)
def test_how_far_two_syllables_are_apart(one: str, other: str, apart: float) -> None:
    assert distance(syllables_of(one), syllables_of(other)) == apart
    assert distance(syllables_of(other), syllables_of(one)) == apart


def test_a_character_sounds_as_in_its_word() -> None:
    assert syllables_of("银行")[1] != syllables_of("行走")[0]
