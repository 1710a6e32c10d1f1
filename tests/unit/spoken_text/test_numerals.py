"""Chinese numerals are read as people mean them, and said as people say them."""

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spoken_text.numerals import NUMERALS, digits_of, number_of, say_decimal, say_number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百零五", 105),
        ("一百五", 150),
        ("一百五十", 150),
        ("一千零五", 1005),
        ("三千二", 3200),
        ("一万二", 12_000),
        ("两万五千", 25_000),
        ("一百五十万", 1_500_000),
        ("三十万零五百", 300_500),
        ("一亿二千万", 120_000_000),
        ("一万亿", 1_000_000_000_000),
        ("3万5千", 35_000),
    ],
)
def test_a_numeral_with_units_is_one_number(said: str, number: int) -> None:
    assert number_of(said) == number


@pytest.mark.parametrize(
    "said", ["二三十", "百", "千万", "十百", "一零", "二十三四", "三百三百", "零"]
)
def test_units_in_an_order_nobody_means_are_no_number(said: str) -> None:
    assert number_of(said) is None


@given(st.integers(min_value=1, max_value=10**12))
def test_what_is_said_is_read_back(number: int) -> None:
    said = say_number(number)

    assert (number_of(said) or int(digits_of(said))) == number


@given(st.integers(min_value=20, max_value=10**8))
def test_numbers_are_said_as_a_stranger_says_them(number: int) -> None:
    assert say_number(number) == cn2an.an2cn(number)


@given(st.text(alphabet=NUMERALS, min_size=1, max_size=12))
def test_any_jumble_of_numerals_is_read_or_refused(said: str) -> None:
    number = number_of(said)

    assert number is None or number >= 0


@pytest.mark.parametrize(
    ("figures", "said"),
    [("3.14", "三点一四"), ("-0.5", "负零点五"), ("12", "十二"), ("2.0", "二点零")],
)
def test_the_part_behind_the_point_is_said_digit_by_digit(figures: str, said: str) -> None:
    assert say_decimal(figures) == said
