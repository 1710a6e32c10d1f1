"""What people say hints at who they are, and says so; where it does not, nobody gets a role."""

import pytest

from asr.belief.phantoms import plain
from asr.diarization.role_hint import Phrase, Role, read_phrases, role_hint
from asr.diarization.turns import UNKNOWN


@pytest.fixture(scope="module")
def phrases() -> tuple[Phrase, ...]:
    return read_phrases()


def test_the_greeting_of_a_hotline_makes_an_agent_and_the_other_one_a_caller(
    phrases: tuple[Phrase, ...],
) -> None:
    lines = [
        ("A", "您好，12345热线，请问有什么可以帮您？"),
        ("B", "你好，我想反映一个噪音的问题。"),
    ]

    hint = role_hint(lines, phrases)

    assert hint.roles == {"A": Role.AGENT, "B": Role.CALLER}
    assert {(s.speaker, s.words) for s in hint.signs} == {
        ("A", "12345热线"),
        ("A", "请问有什么可以帮您"),
        ("B", "我想反映"),
    }


@pytest.mark.parametrize(
    ("office", "citizen"),
    [
        ("Thank you for calling, how may I help you?", "Hi, I'm calling about a broken lamp."),
        ("Merci de votre appel, ne quittez pas.", "Je voudrais signaler un lampadaire."),
        ("Wie kann ich Ihnen helfen?", "Ich möchte mich beschweren."),
        ("Gracias por llamar.", "Llamo porque no hay luz."),
        ("Горячая линия слушает, чем могу помочь?", "Я хочу пожаловаться на шум."),
        ("شكرا لاتصالكم", "أريد تقديم شكوى"),
        ("お電話ありがとうございます。", "ちょっとお聞きしたいんですけど。"),
        ("전화 주셔서 감사합니다. 무엇을 도와드릴까요?", "민원을 넣고 싶어요."),
    ],
)
def test_it_hears_both_sides_in_our_languages(
    office: str, citizen: str, phrases: tuple[Phrase, ...]
) -> None:
    assert role_hint([("B", citizen), ("A", office)], phrases).roles == {
        "A": Role.AGENT,
        "B": Role.CALLER,
    }


def test_small_talk_gives_nobody_a_role(phrases: tuple[Phrase, ...]) -> None:
    hint = role_hint([("A", "Lovely weather."), ("B", "Indeed it is.")], phrases, came_in=True)

    assert (hint.roles, hint.signs) == ({}, ())


def test_one_weak_sign_is_not_enough(phrases: tuple[Phrase, ...]) -> None:
    assert role_hint([("A", "请稍等。"), ("B", "好的。")], phrases).roles == {}


def test_two_who_sound_like_agents_leave_it_open(phrases: tuple[Phrase, ...]) -> None:
    lines = [("A", "How may I help you?"), ("B", "Thank you for calling.")]

    assert role_hint(lines, phrases).roles == {}


def test_speaking_first_on_an_incoming_call_helps_a_weak_sign(phrases: tuple[Phrase, ...]) -> None:
    lines = [("A", "请稍等。"), ("B", "好的。")]

    assert role_hint(lines, phrases, came_in=True).roles == {"A": Role.AGENT, "B": Role.CALLER}
    assert role_hint(lines, phrases, came_in=False).roles == {}


def test_whoever_asks_the_questions_is_more_likely_the_agent(phrases: tuple[Phrase, ...]) -> None:
    asking = [("A", "请稍等。您在哪里？什么时候？几楼？"), ("B", "三楼。")]
    both = [*asking, ("B", "那什么时候修好？是真的吗？")]

    assert role_hint(asking, phrases).roles == {"A": Role.AGENT, "B": Role.CALLER}
    assert role_hint(both, phrases).roles == {}


def test_with_three_voices_only_the_agent_is_named(phrases: tuple[Phrase, ...]) -> None:
    lines = [("A", "Thank you for calling."), ("B", "I want to complain."), ("C", "Me too.")]

    assert role_hint(lines, phrases).roles == {"A": Role.AGENT}


def test_an_unknown_voice_and_a_lone_one_tell_nothing(phrases: tuple[Phrase, ...]) -> None:
    assert role_hint([(UNKNOWN, "How may I help you?"), ("A", "Hello.")], phrases).roles == {}
    assert role_hint([("A", "How may I help you?")], phrases).roles == {}
    assert role_hint([], phrases).roles == {}


def test_a_phrase_said_twice_or_inside_a_longer_one_counts_once(
    phrases: tuple[Phrase, ...],
) -> None:
    lines = [("A", "请问您贵姓？您贵姓？"), ("B", "姓王。")]

    assert [sign.words for sign in role_hint(lines, phrases).signs] == ["请问您贵姓"]


def test_a_phrase_does_not_reach_from_one_line_into_the_next(phrases: tuple[Phrase, ...]) -> None:
    lines = [("A", "Thank you."), ("A", "For calling, dial nine."), ("B", "Yes.")]

    assert role_hint(lines, phrases).signs == ()


def test_no_phrase_of_ours_speaks_for_both_roles(phrases: tuple[Phrase, ...]) -> None:
    agent = {p.found for p in phrases if p.role is Role.AGENT}
    caller = {p.found for p in phrases if p.role is Role.CALLER}

    assert agent
    assert caller
    assert not agent & caller
    assert all(p.found == plain(p.words) and len(p.found) >= 2 for p in phrases)
