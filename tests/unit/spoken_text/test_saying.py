"""A voice says numbers as people do, and what was said is written back as it was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.language import EN, ZH, LanguageTag
from spoken_text import said, spelled, written

FIGURES = "0123456789"
DIGITS = st.text(alphabet=FIGURES, min_size=1)


def figures(length: int) -> st.SearchStrategy[str]:
    return st.text(alphabet=FIGURES, min_size=length, max_size=length)


MOBILES = st.builds("1{}{}".format, st.sampled_from("3456789"), figures(9))
LANDLINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["010", "021", "0571", "0755"]),
    st.sampled_from("2345678"),
    figures(7),
)
LOCALS = st.builds("{}{}".format, st.sampled_from("2345678"), st.one_of(figures(6), figures(7)))
SERVICES = st.builds("400{}".format, figures(7))
HOTLINES = st.sampled_from(["12345", "12333", "10086", "95588", "110", "119", "120", "122", "114"])
IDENTITIES = st.builds(
    "{}{}{:%Y%m%d}{}{}".format,
    st.sampled_from("123456"),
    figures(5),
    st.dates(min_value=date(1901, 1, 1), max_value=date(2025, 1, 1)),
    figures(3),
    st.sampled_from(FIGURES + "X"),
)
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
PLATES = st.builds(
    "{}{}·{}{}".format,
    st.sampled_from("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"),
    st.sampled_from(PLATE_LETTERS),
    st.sampled_from(["", "D", "F"]),
    st.text(alphabet=FIGURES, min_size=5, max_size=5),
)
DATES = (
    st.dates()
    .filter(lambda day: 1900 <= day.year < 2100)
    .map(lambda day: f"{day.year}年{day.month}月{day.day}日")
)
SUMS = st.one_of(
    st.integers(1, 99_999).filter(lambda n: n % 10_000 != 0).map("{}元".format),
    st.integers(1, 9_999).map("{}万元".format),
    st.builds(
        "{}.{}元".format, st.integers(1, 99_999), figures(2).filter(lambda part: part != "00")
    ),
)
ROOMS = st.builds("{}{:02}室".format, st.integers(1, 33), st.integers(1, 20))


@given(st.one_of(MOBILES, LANDLINES, LOCALS, SERVICES, HOTLINES))
def test_telephone_numbers_are_written_back_as_they_were(number: str) -> None:
    assert written(said(number, ZH), ZH) == number
    assert written(said(f"我的电话是{number}谢谢", ZH), ZH) == f"我的电话是{number}谢谢"


@given(IDENTITIES)
def test_resident_id_numbers_are_written_back_as_they_were(number: str) -> None:
    assert written(said(number, ZH), ZH) == number


@given(PLATES)
def test_number_plates_are_written_back_as_they_were(plate: str) -> None:
    assert written(said(plate, ZH), ZH) == plate


@given(DATES)
def test_dates_are_written_back_as_they_were(day: str) -> None:
    assert written(said(day, ZH), ZH) == day


@given(SUMS)
def test_sums_of_money_are_written_back_as_they_were(money: str) -> None:
    assert written(said(money, ZH), ZH) == money


@given(ROOMS)
def test_rooms_are_written_back_as_they_were(room: str) -> None:
    assert written(said(f"3号楼2单元{room}", ZH), ZH) == f"3号楼2单元{room}"


@given(
    st.one_of(
        st.text(max_size=40), st.text(alphabet=FIGURES + "-.:/%,元号室年月日个A转", max_size=20)
    )
)
def test_no_western_figure_is_left_for_the_voice_to_guess(text: str) -> None:
    assert not set(FIGURES) & set(said(f"请{text}好", ZH))


@given(
    st.one_of(
        st.text(max_size=40), st.text(alphabet=FIGURES + "-.:/%,元号室年月日个A转", max_size=20)
    )
)
def test_what_is_said_is_said_the_same_again(text: str) -> None:
    once = said(text, ZH)

    assert said(once, ZH) == once


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "the 12345 hotline", "the one two three four five hotline"),
        ("en", "press 1 for yes", "press 1 for yes"),
        ("en", "in 2026", "in 2026"),
        ("en", "it costs 12345.60", "it costs 12345.60"),
        ("fr", "le 12345", "le un deux trois quatre cinq"),
        ("de", "die 030", "die null drei null"),
        ("ja", "12345番", "12345番"),
    ],
)
def test_elsewhere_only_numbers_that_name_something(
    language: str, text: str, expected: str
) -> None:
    assert said(text, LanguageTag(language)) == expected


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ("13800138000", "幺三八，零零幺三，八零零零"),
        ("31010119900307123X", "三幺零幺零幺，幺九九零，零三零七，幺二三叉"),
        ("12345", "幺二三四五"),
        ("8888 6666", "八八八八，六六六六"),
        ("沪AD12345", "沪A D幺二三四五"),
        ("人民路", "人民路"),
    ],
)
def test_a_slot_is_read_back_in_groups(slot: str, expected: str) -> None:
    assert spelled(slot, ZH) == expected


def test_a_slot_is_read_back_in_english() -> None:
    assert spelled("555-0123", EN) == "five five five, zero one two three"
    assert spelled("12345", EN) == "one two three four five"
