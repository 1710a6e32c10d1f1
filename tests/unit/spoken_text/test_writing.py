"""Recognised text is written as people write their language, without a word added or lost."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.language import EN, ZH, LanguageTag
from spoken_text import Script, Style, written
from spoken_text.numerals import NUMERALS

PLAIN_HAN = "我要投诉小区噪音的人是谁在哪里说话了吗呢吧电话号码路楼室元块钱月日年度分点周星期公里个"
LANGUAGES = st.sampled_from(
    ["zh", "yue", "en", "fr", "de", "ru", "es", "ar", "ja", "ko", "xx", None]
)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("我 要 投訴 噪音", "我要投诉噪音"),
        ("你好,请问有人吗?", "你好，请问有人吗？"),
        ("我用 iPhone 下载 APP 了", "我用 iPhone 下载 APP 了。"),
        ("请拨打 12345 热线", "请拨打12345热线"),
        ("我叫张三电话幺三八零零幺三八零零零", "我叫张三电话13800138000"),
        ("１２３４５", "12345"),
        ("请问能办吗", "请问能办吗？"),
        ("你在做什么呢", "你在做什么呢？"),
        ("他还在等呢", "他还在等呢"),
        ("我不知道", "我不知道"),
        (
            "我叫李四住在三里屯路十九号院八号楼五单元一千二百零六",
            "我叫李四住在三里屯路19号院8号楼5单元1206",
        ),
        ("我打过一二三四五也打过幺二三一五", "我打过12345也打过12315"),
        ("车牌号是沪A D五六七八九", "车牌号是沪A·D56789"),
        ("从五号到十五号九点半到十一点半", "从5号到15号9点半到11点半"),
        ("房租一个月三千二欠了两万三千八百块钱", "房租一个月3200欠了23800块钱"),
        ("等了两个多小时十几个人二三十个电话", "等了两个多小时十几个人二三十个电话"),
        ("周五上午十点一刻", "周五上午10点一刻"),
        ("人民路一百二十弄三号楼二单元三零幺室", "人民路120弄3号楼2单元301室"),
        ("二零二六年十一月二十二日下午三点半", "2026年11月22日下午3点半"),
        ("一共三千五百块钱", "一共3500块钱"),
        ("时间是 9:30, 不是 10:00.", "时间是9:30，不是10:00."),
        ("", ""),
    ],
)
def test_mandarin(heard: str, expected: str) -> None:
    assert written(heard, ZH) == expected


@pytest.mark.parametrize(
    ("language", "heard", "expected"),
    [
        ("en", "hello there. i think i'm lost", "Hello there. I think I'm lost"),
        ("en", "call one two three four five", "Call 12345"),
        ("en", "one two three", "One two three"),
        ("en", "it is double five oh one please", "It is 5501 please"),
        ("en", "HELLO THIS IS THE HOTLINE", "Hello this is the hotline"),
        ("en", "dr. smith is in", "Dr. smith is in"),
        ("fr", "zéro six douze", "Zéro six douze"),
        ("fr", "le zéro un deux trois quatre", "Le 01234"),
        ("fr", "bonjour! ça va?", "Bonjour\u202f! Ça va\u202f?"),
        ("de", "das Haus ist rot", "das Haus ist rot"),
        ("de", "die eins zwei drei vier", "die 1234"),
        ("es", "hola. ¿qué tal?", "Hola. ¿Qué tal?"),
        ("ru", "привет. один два три четыре пять", "Привет. 12345"),
        ("ar", "رقم ١٢٣?", "رقم 123?"),
        ("ar", "كيف حالك?", "كيف حالك؟"),
        ("ja", "こんにちは 世界", "こんにちは世界"),
        ("ko", "안녕  하세요", "안녕 하세요"),
    ],
)
def test_other_languages(language: str, heard: str, expected: str) -> None:
    assert written(heard, LanguageTag(language)) == expected


def test_traditional_characters_by_choice() -> None:
    assert written("我要投诉电话", ZH, Style(script=Script.TAIWAN)) == "我要投訴電話"
    assert written("我要投诉电话", ZH, Style(script=Script.HONG_KONG)) == "我要投訴電話"


def test_figures_can_be_left_as_they_were_said() -> None:
    assert written("三百五十元", ZH, Style(writes_figures=False)) == "三百五十元"
    assert written("one two three four", EN, Style(writes_figures=False)) == "One two three four"


def test_text_that_still_grows_gets_no_last_mark() -> None:
    assert written("请问能办吗", ZH, Style(ends_sentences=False)) == "请问能办吗"


@given(
    text=st.text(alphabet=NUMERALS + PLAIN_HAN + " ,.?!0123456789aA京沪第几多", max_size=24),
    script=st.sampled_from(Script),
)
@example(text="三点零五分", script=Script.SIMPLIFIED)
def test_writing_twice_changes_nothing_more(text: str, script: Script) -> None:
    once = written(text, ZH, Style(script=script))

    assert written(once, ZH, Style(script=script)) == once


@given(text=st.text(max_size=40), language=LANGUAGES)
def test_any_text_of_any_language_is_stable(text: str, language: str | None) -> None:
    tag = None if language is None else LanguageTag(language)
    once = written(text, tag)

    assert written(once, tag) == once


@given(st.text(alphabet=NUMERALS + PLAIN_HAN + "abcXYZ ", max_size=24))
def test_no_word_vanishes(text: str) -> None:
    def words(said: str) -> list[str]:
        return [c for c in said if c.isalpha() and c not in NUMERALS + "点角分百千万亿"]

    before, after = words(text.upper()), words(written(text, ZH).upper())

    assert (
        [c for c in before if c in after or c not in "之元"] and before == after
    ) or before == after


@given(st.text(alphabet="我要投诉小区噪音的人是谁在哪里说话电话号码", max_size=24))
def test_text_without_numbers_is_left_alone(text: str) -> None:
    assert written(text, ZH) == text


@given(st.lists(st.sampled_from(["one", "two", "hello", "ten", "the", "nine", "oh"]), max_size=9))
def test_no_english_word_is_dropped_without_a_figure_for_it(words: list[str]) -> None:
    after = written(" ".join(words), EN)
    figures = re.findall(r"\d", after)
    kept = re.findall(r"[a-z]+", after.lower())

    assert len(figures) + len(kept) == len(words)
