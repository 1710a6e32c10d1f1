"""Numbers that name a person do not leave the house."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import mask_personal_data


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打13800138000给我", "打138******00给我"),
        ("电话 138 0013 8000", "电话 138 **** **00"),
        ("幺三八零零幺三八零零零", "幺三八******零零"),
        ("身份证11010519491231002X", "身份证110*************2X"),
        ("misheard 110105194912310021", "misheard 110*************21"),
        ("我坐地铁2号线,有3个人", "我坐地铁2号线,有3个人"),
        ("请拨打12345", "请拨打12345"),
    ],
)
def test_the_middle_of_a_number_is_hidden(text: str, masked: str) -> None:
    assert mask_personal_data(text) == masked


def test_a_number_spelled_in_english_is_hidden_word_by_word() -> None:
    masked = mask_personal_data("one three eight double zero one three eight zero zero zero")

    assert masked.startswith("one three eight ****")
    assert masked.endswith("zero zero")
    assert masked.count("three") == 1


@settings(deadline=None)
@given(st.text(max_size=40), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(max_size=40))
def test_no_phone_survives_and_nothing_moves(before: str, phone: str, after: str) -> None:
    text = f"{before} {phone} {after}"

    masked = mask_personal_data(text)

    assert len(masked) == len(text)
    assert phone not in masked
