"""What callers name is found, in the form a ticket can use."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.understanding import EntityKind
from nlu.entities.id_number import is_resident_id
from nlu.entities.reading import find_mentions

TODAY = date(2026, 11, 21)  # a Saturday

FOUND = [
    ("我的电话是一三八零零一三八零零零", EntityKind.PHONE, "+8613800138000"),
    ("手机号幺三九,零零一二,三四五六", EntityKind.PHONE, "+8613900123456"),
    ("138 0013 8000 就这个号", EntityKind.PHONE, "+8613800138000"),
    ("打13800138000。", EntityKind.PHONE, "+8613800138000"),
    ("8613800138000", EntityKind.PHONE, "+8613800138000"),
    ("138-0013-8000 谢谢", EntityKind.PHONE, "+8613800138000"),
    ("我在法国 号码是+33 6 12 34 56 78", EntityKind.PHONE, "+33612345678"),
    ("座机010-65661234", EntityKind.PHONE, "+861065661234"),
    ("电话65661234", EntityKind.PHONE, "65661234"),
    ("400 810 8888", EntityKind.PHONE, "+864008108888"),
    ("one three eight double zero one three eight zero zero zero", EntityKind.PHONE, "+8613800138000"),
    ("call me on 138.0013.8000", EntityKind.PHONE, "+8613800138000"),
    ("身份证号是11010519491231002X", EntityKind.ID_NUMBER, "11010519491231002X"),
    ("身份证 一一零一零五 一九四九一二三一 零零二叉", EntityKind.ID_NUMBER, "11010519491231002X"),
    ("一共三万五千块钱", EntityKind.AMOUNT, "35000 CNY"),
    ("欠我3.5万元", EntityKind.AMOUNT, "35000 CNY"),
    ("两万块", EntityKind.AMOUNT, "20000 CNY"),
    ("三块五。", EntityKind.AMOUNT, "3.5 CNY"),
    ("五百美元", EntityKind.AMOUNT, "500 USD"),
    ("they owe me 12,000 yuan", EntityKind.AMOUNT, "12000 CNY"),
    ("two thousand five hundred dollars", EntityKind.AMOUNT, "2500 USD"),
    ("it costs $1,200.50", EntityKind.AMOUNT, "1200.5 USD"),
    ("30 thousand yuan", EntityKind.AMOUNT, "30000 CNY"),
    ("昨天丢的", EntityKind.TIME, "2026-11-20"),
    ("昨天下午三点半在公交上", EntityKind.TIME, "2026-11-20T15:30"),
    ("明天早上8点", EntityKind.TIME, "2026-11-22T08:00"),
    ("今晚的飞机", EntityKind.TIME, "2026-11-21T18:00/2026-11-21T23:59"),
    ("晚上十二点", EntityKind.TIME, "T00:00"),
    ("上周三", EntityKind.TIME, "2026-11-11"),
    ("下周一上午", EntityKind.TIME, "2026-11-23T06:00/2026-11-23T12:00"),
    ("2024年5月3日", EntityKind.TIME, "2024-05-03"),
    ("二零二六年十一月二十一日", EntityKind.TIME, "2026-11-21"),
    ("三月二十一号", EntityKind.TIME, "2026-03-21"),
    ("上个月十五号", EntityKind.TIME, "2026-10-15"),
    ("去年八月份", EntityKind.TIME, "2025-08"),
    ("两天前", EntityKind.TIME, "2026-11-19"),
    ("三个月前", EntityKind.TIME, "2026-08"),
    ("last night", EntityKind.TIME, "2026-11-20T18:00/2026-11-20T23:59"),
    ("tomorrow at 3 pm", EntityKind.TIME, "2026-11-22T15:00"),
    ("two weeks ago", EntityKind.TIME, "2026-11-07"),
    ("on March 5th 2026", EntityKind.TIME, "2026-03-05"),
    ("next Friday", EntityKind.TIME, "2026-11-27"),
    ("我住在北京市朝阳区建国路八十八号三单元502室", EntityKind.ADDRESS, "北京市朝阳区建国路八十八号三单元502室"),
    ("浦东新区世纪大道100号", EntityKind.ADDRESS, "浦东新区世纪大道100号"),
    ("阳光花园小区3号楼", EntityKind.ADDRESS, "阳光花园小区3号楼"),
    ("有人在中山路大声唱歌", EntityKind.ADDRESS, "中山路"),
    ("昨天路过建国路和大望路路口", EntityKind.ADDRESS, "建国路和大望路路口"),
    ("我人在泰国", EntityKind.ADDRESS, "泰国"),
    ("I live at 88 Jianguo Road", EntityKind.ADDRESS, "88 Jianguo Road"),
    ("我在宏达建筑公司上班", EntityKind.ORGANISATION, "宏达建筑公司"),
    ("去了上海第一人民医院的急诊", EntityKind.ORGANISATION, "上海第一人民医院"),
    ("I work for Sunrise Trading Company", EntityKind.ORGANISATION, "Sunrise Trading Company"),
]  # fmt: skip

NOT_FOUND = [
    ("请拨打12345", EntityKind.PHONE),
    ("my number is 139-0-0-0-0-0-1-1-1-1-1", EntityKind.PHONE),  # thirteen digits: misheard
    ("110105194912310021", EntityKind.ID_NUMBER),  # the checksum is wrong
    ("地铁2号线坐到哪", EntityKind.ADDRESS),
    ("我从北京过来", EntityKind.ADDRESS),
    ("我们小区垃圾没人收", EntityKind.ADDRESS),
    ("我们公司欠我工资", EntityKind.ORGANISATION),
    ("有一点问题", EntityKind.TIME),
    ("二月三十号", EntityKind.TIME),
    ("拖欠三个月工资", EntityKind.TIME),
    ("我们一块去吧", EntityKind.AMOUNT),
    ("几千块钱", EntityKind.AMOUNT),
    ("I may go", EntityKind.TIME),
]


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_it_is_found_with_its_value(text: str, kind: EntityKind, value: str) -> None:
    assert value in [m.value for m in find_mentions(text, today=TODAY) if m.kind is kind]


@pytest.mark.parametrize(("text", "kind"), NOT_FOUND)
def test_what_only_looks_like_one_is_left_alone(text: str, kind: EntityKind) -> None:
    assert [m for m in find_mentions(text, today=TODAY) if m.kind is kind] == []


def test_a_phone_beside_an_id_number_is_found_too() -> None:
    mentions = find_mentions("身份证11010519491231002X,电话13800138000", today=TODAY)

    assert [m.kind for m in mentions] == [EntityKind.ID_NUMBER, EntityKind.PHONE]


def test_an_id_number_is_never_half_read_as_a_phone() -> None:
    misheard = "110105194912310021"

    assert find_mentions(misheard, today=TODAY) == ()


PIECES = [text for text, *_ in FOUND + NOT_FOUND] + list(
    "零一二十百千万点号路街区市年月日:-/ ,。X+$¥五①٣"
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=6))
def test_every_mention_lies_in_the_text_and_none_overlap(pieces: list[str]) -> None:
    text = "".join(pieces)

    mentions = find_mentions(text, today=TODAY)

    for mention in mentions:
        assert 0 <= mention.start_char < mention.end_char <= len(text)
        said = text[mention.start_char : mention.end_char]
        assert said == said.strip()
        assert mention.value
    for before, after in pairwise(mentions):
        assert before.end_char <= after.start_char


SPOKEN = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))


@settings(deadline=None)
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from([str, lambda d: "".join(SPOKEN[c] for c in d), lambda d: f"{d[:3]} {d[3:7]} {d[7:]}"]),
    st.sampled_from([",", " ", "", "。"]),
)  # fmt: skip
def test_any_mobile_number_is_read_however_it_is_said(digits: str, say: object, end: str) -> None:
    assert callable(say)
    said = say(digits)
    text = f"我的手机是{said}{end}"

    (phone,) = [m for m in find_mentions(text, today=TODAY) if m.kind is EntityKind.PHONE]

    assert phone.value == f"+86{digits}"
    assert text[phone.start_char : phone.end_char] == said


@given(
    st.dates(min_value=date(1930, 1, 1), max_value=date(2020, 1, 1)),
    st.integers(0, 999),
    st.integers(0, 5),
)
def test_one_wrong_digit_is_never_a_valid_id_number(born: date, order: int, place: int) -> None:
    body = f"110105{born:%Y%m%d}{order:03d}"
    number = next(body + c for c in "0123456789X" if is_resident_id(body + c))

    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]

    assert not is_resident_id(wrong)
