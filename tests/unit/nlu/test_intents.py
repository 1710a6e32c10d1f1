"""What an utterance is about is judged by itself first, in its window second."""

import pytest

from nlu.intents import NOTHING, UNKNOWN, Floors, Heard, Reading, weigh
from nlu.speech_acts import asks, is_noise
from nlu.taxonomy import Topic

FLOORS = Floors(sure=0.6, plausible=0.4, idle=0.8)


def reading(
    topic_id: str, confidence: float, *, is_matter: bool = True, may_go_on: bool = False
) -> Reading:
    topic = Topic(
        topic_id=topic_id,
        category_id=topic_id.split(".")[0],
        title_zh="事项",
        title_en="Matter",
        is_matter=is_matter,
        may_go_on=may_go_on,
    )
    return Reading(topic=topic, confidence=confidence)


def judge(
    alone: tuple[str, Reading],
    *windows: tuple[str, Reading],
    standing: str | None = None,
    asks: bool = False,
) -> Heard:
    return weigh(alone, windows, standing=standing, floors=FLOORS, asks=asks)


def named(heard: Heard) -> str | None:
    return None if heard.intent is None else heard.intent.topic_id


def test_a_sure_matter_is_named_and_looked_up() -> None:
    heard = judge(("社保卡丢了", reading("s.lost", 0.9)))

    assert (named(heard), heard.question) == ("s.lost", "社保卡丢了")


def test_a_matter_said_in_two_breaths_is_found_in_the_window() -> None:
    alone = ("丢了", reading("other.out_of_scope", 0.3, is_matter=False))

    heard = judge(alone, ("我那个社保卡 丢了", reading("s.lost", 0.95)))

    assert (named(heard), heard.question) == ("s.lost", "我那个社保卡 丢了")


def test_a_window_overrules_only_when_it_is_far_surer() -> None:
    on_the_bus = ("坐公交弄丢了", reading("t.bus", 0.97))
    next_matter = ("那健康码打不开", reading("h.technical", 0.945))

    assert named(judge(on_the_bus, ("社保卡 坐公交弄丢了", reading("s.lost", 0.998)))) == "s.lost"
    assert (
        named(judge(next_matter, ("变黄 那健康码打不开", reading("h.status", 0.968))))
        == "h.technical"
    )


def test_the_surest_window_counts() -> None:
    alone = ("怎么补办", reading("m.remote", 0.5))
    two, three = (
        ("丢了 怎么补办", reading("s.lost", 0.61)),
        ("卡 丢了 怎么补办", reading("s.lost", 0.99)),
    )

    assert judge(alone, two, three).question == "卡 丢了 怎么补办"


def test_small_talk_after_a_matter_stays_small_talk() -> None:
    alone = ("好的谢谢", reading("talk.closing", 0.9, is_matter=False))

    heard = judge(alone, ("社保卡丢了 好的谢谢", reading("s.lost", 0.95)), standing="s.apply")

    assert heard == NOTHING


def test_details_may_complete_a_matter_and_never_repeat_one() -> None:
    details = (
        "my passport was in it",
        reading("talk.details", 0.9, is_matter=False, may_go_on=True),
    )
    window = ("they stole my bag my passport was in it", reading("c.passport", 0.99))

    assert named(judge(details, window)) == "c.passport"
    assert judge(details, window, standing="c.passport") == NOTHING


def test_a_follow_up_is_looked_up_again_only_when_it_asks() -> None:
    alone = ("how long does it take", reading("other.out_of_scope", 0.6, is_matter=False))
    window = ("a letter for his visa how long does it take", reading("t.visa", 0.95))

    asked = judge(alone, window, standing="t.visa", asks=True)
    told = judge(alone, window, standing="t.visa", asks=False)

    assert (named(asked), asked.question) == ("t.visa", window[0])
    assert (named(told), told.question) == ("t.visa", None)


def test_a_plausible_matter_is_looked_up_without_being_named() -> None:
    heard = judge(("卡的事", reading("s.lost", 0.5)))

    assert (named(heard), heard.question) == (None, "卡的事")


def test_an_unsure_question_is_still_looked_up() -> None:
    alone = ("这个怎么弄", reading("other.out_of_scope", 0.3, is_matter=False))

    assert judge(alone, asks=True).question == "这个怎么弄"


def test_an_unsure_statement_is_unknown_and_kept_for_the_next_breath() -> None:
    assert judge(("天气不错", reading("s.lost", 0.2))) == UNKNOWN


@pytest.mark.parametrize("text", ["嗯", "嗯嗯,好的。", "对对对", "uh, okay", "...", "喂喂"])
def test_fillers_are_noise(text: str) -> None:
    assert is_noise(text)


@pytest.mark.parametrize("text", ["好的社保卡", "I lost it", "不对"])
def test_words_are_not_noise(text: str) -> None:
    assert not is_noise(text)


@pytest.mark.parametrize(
    "text", ["怎么办", "可以吗", "how do I apply", "où? comment faire", "как это сделать"]
)
def test_questions_are_recognised(text: str) -> None:
    assert asks(text)


def test_a_statement_asks_nothing() -> None:
    assert not asks("我的社保卡丢了")
