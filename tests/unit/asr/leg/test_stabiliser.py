"""Words do not flicker while somebody speaks."""

from hypothesis import given
from hypothesis import strategies as st

from asr.leg.stabiliser import StableText, joined, tokens


def after(*hypotheses: str) -> StableText:
    text = StableText()
    for hypothesis in hypotheses:
        text = text.after(hypothesis)
    return text


def agreed(text: StableText) -> str:
    return "".join(text.agreed).strip()


def test_nothing_is_agreed_on_after_one_hypothesis() -> None:
    assert after("thank you for").agreed == ()
    assert after("thank you for").text == "thank you for"


def test_what_two_hypotheses_say_is_agreed_on() -> None:
    assert agreed(after("I want to rebort", "I want to report noise")) == "I want to"


def test_every_han_character_is_a_word() -> None:
    text = after("社保卡丢了怎", "社保卡丢了怎么半")

    assert agreed(text) == "社保卡丢了怎"
    assert text.text == "社保卡丢了怎么半"


def test_agreed_words_stay_when_a_later_hypothesis_contradicts_them() -> None:
    text = after("the card is", "the card is lost", "the cart is lost since Monday")

    assert text.text == "the card is lost since Monday"


def test_agreed_words_are_not_said_twice_when_a_later_hypothesis_heard_them_in_other_words() -> (
    None
):
    text = after("my name is Bob", "my name is Bob and", "name is Bob and I live here")

    assert text.text == "my name is Bob and I live here"


def test_a_comma_that_comes_later_is_no_other_word() -> None:
    text = after("Hello thanks", "Hello, thanks for", "hello thanks for calling")

    assert agreed(text) == "Hello, thanks for"


def test_a_shorter_hypothesis_takes_no_agreed_word_back() -> None:
    assert after("one two three", "one two three", "one").text == "one two three"


def test_a_careful_reading_replaces_what_sketches_agreed_on() -> None:
    text = after("the cart is", "the cart is lost").replaced("The card is lost.")

    assert text.text == agreed(text) == "The card is lost."


def test_phrases_are_joined_as_their_script_is_written() -> None:
    assert joined("我的社保卡丢了，", "怎么补办") == "我的社保卡丢了，怎么补办"
    assert joined("I lost my card.", "What now?") == "I lost my card. What now?"
    assert joined("카드를 잃어버렸어요", "어떻게 하죠") == "카드를 잃어버렸어요 어떻게 하죠"
    assert joined("", "yes") == joined("yes", "") == "yes"


def test_splitting_loses_nothing() -> None:
    for text in ("你好 world, 今天 is fine。", "안녕하세요 여러분", "ありがとうございます。"):
        assert "".join(tokens(text)) == text


@given(st.lists(st.text(alphabet="ab ,社保", max_size=12), max_size=12))
def test_whatever_is_heard_the_agreed_words_only_grow(hypotheses: list[str]) -> None:
    text = StableText()
    for hypothesis in hypotheses:
        before, text = text, text.after(hypothesis)
        assert text.agreed[: len(before.agreed)] == before.agreed
        assert text.newest[: len(text.agreed)] == text.agreed
