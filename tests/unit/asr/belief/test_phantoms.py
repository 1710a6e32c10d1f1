"""Invented sentences are known, and real ones are never among them."""

import pytest

from asr.belief.phantoms import plain, read_phantoms

PHANTOMS = read_phantoms()


@pytest.mark.parametrize(
    "text",
    [
        "字幕由 Amara.org 社區提供",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "优优独播剧场——YoYo Television Series Exclusive",
        "Thanks for watching!",
        "Subtitles by the Amara.org community",
        "Sous-titrage ST' 501",
        "Untertitelung des ZDF, 2020",
        "Субтитры сделал DimaTorzok",
        "Продолжение следует...",
        "¡Gracias por ver el video!",
        "اشتركوا في القناة",
        "ご視聴ありがとうございました。",
        "시청해 주셔서 감사합니다.",
        "Obrigado por assistir!",
    ],
)
def test_credits_and_farewells_of_videos_are_never_said_on_a_telephone(text: str) -> None:
    assert PHANTOMS.is_never_said(text)
    assert PHANTOMS.spoken(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉电视台的节目没有中文字幕",
        "你们的公众号怎么订阅",
        "有人在我的视频下面点赞",
        "I want to cancel my subscription to the newspaper.",
        "The subtitles on channel five are missing.",
        "Почему на канале нет субтитров?",
        "Les sous-titres ne marchent pas.",
    ],
)
def test_a_citizen_may_talk_about_subtitles_and_subscriptions(text: str) -> None:
    assert not PHANTOMS.is_never_said(text)
    assert not PHANTOMS.is_seldom_meant(text)
    assert PHANTOMS.spoken(text) == text


@pytest.mark.parametrize(
    "word",
    [
        "是",
        "是的",
        "对",
        "好",
        "好的",
        "嗯",
        "不是",
        "没有",
        "yes",
        "no",
        "okay",
        "right",
        "oui",
        "non",
        "ja",
        "nein",
        "да",
        "нет",
        "sí",
        "نعم",
        "لا",
        "はい",
        "いいえ",
        "네",
        "예",
        "아니요",
    ],
)
def test_an_answer_is_never_on_a_list(word: str) -> None:
    assert plain(word) not in PHANTOMS.seldom | PHANTOMS.never
    assert not PHANTOMS.is_never_said(word)


def test_a_number_is_never_on_a_list() -> None:
    assert not any(phantom.isdigit() for phantom in PHANTOMS.never | PHANTOMS.seldom)


def test_a_credit_after_a_real_sentence_does_not_cost_the_sentence() -> None:
    assert PHANTOMS.spoken("我的社保卡丢了。字幕由志愿者提供") == "我的社保卡丢了。"
    assert PHANTOMS.spoken("My card is lost. Thanks for watching!") == "My card is lost."


def test_no_entry_is_so_short_that_it_stands_in_ordinary_words() -> None:
    assert min(len(phantom) for phantom in PHANTOMS.never) >= 3
