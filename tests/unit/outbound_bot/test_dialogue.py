"""What the bot says next follows from what it heard, and every talk comes to an end."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import SegmentId
from domain.language import EN, ZH
from domain.survey import AnswerSource, DialOutcome
from outbound_bot.answer_reader import AnswerReader
from outbound_bot.dialogue import Dialogue, Heard, HungUp, Key, Silence, Step, Turn, Words
from outbound_bot.script import Script
from outbound_bot.script_file import read_script


@pytest.fixture
def talk(script: Script, reader: AnswerReader) -> Dialogue:
    return Dialogue(script, ZH, reader)


def w(text: str) -> Words:
    return Words(text=text, segment_id=SegmentId("s1"))


def play(talk: Dialogue, *heard: Heard | str) -> list[Turn]:
    turns = [talk.begin()]
    for each in heard:
        turns.append(talk.hear(turns[-1].state, w(each) if isinstance(each, str) else each))
    return turns


def said(turn: Turn) -> list[str]:
    return [line.text for line in turn.say]


def values(turn: Turn) -> dict[str, str]:
    return {answer.question_id: answer.value for answer in turn.state.answers}


def test_the_first_words_say_that_a_machine_speaks_and_cannot_be_cut_short(
    talk: Dialogue, script: Script
) -> None:
    disclosure, consent = talk.begin().say

    assert (disclosure.text, disclosure.interruptible) == (script.prompts.disclosure[ZH], False)
    assert (consent.text, consent.interruptible) == (script.prompts.consent[ZH], True)


def test_three_good_answers_complete_the_survey(talk: Dialogue, script: Script) -> None:
    last = play(talk, "可以", "联系过了", "解决了", "满意")[-1]

    assert last.state.outcome is DialOutcome.COMPLETED
    assert values(last) == {"contacted": "yes", "solved": "yes", "satisfied": "yes"}
    assert said(last) == [script.prompts.closing[ZH]]


def test_a_not_solved_is_read_back_before_it_is_believed(talk: Dialogue) -> None:
    turns = play(talk, "可以", "联系过了", "还没有解决", "对")

    assert said(turns[3]) == ["您的意思是问题还没有解决,对吗?"]
    assert turns[3].answered is None
    assert turns[4].answered is not None
    assert (turns[4].answered.value, turns[4].answered.heard) == ("no", "还没有解决")


def test_a_misheard_no_can_be_taken_back(talk: Dialogue) -> None:
    turns = play(talk, "可以", "有", "没有", "不是,解决了", "解决了")

    assert "按1" in said(turns[4])[-1]
    assert values(turns[5])["solved"] == "yes"


def test_a_no_taken_back_twice_goes_to_a_person(talk: Dialogue) -> None:
    last = play(talk, "可以", "有", "没有", "不是", "没有", "不是")[-1]

    assert last.state.outcome is DialOutcome.UNCLEAR
    assert "solved" not in values(last)


def test_a_hedge_is_asked_about_and_then_counted_as_partly(talk: Dialogue) -> None:
    turns = play(talk, "可以", "有", "差不多吧", "只解决了一部分")

    assert turns[3].state.step is Step.CLARIFY
    assert values(turns[4]) == {"contacted": "yes", "solved": "partly"}


@pytest.mark.parametrize("after", [w("天知道"), w("不清楚")])
def test_a_hedge_nobody_can_clear_up_stays_a_hedge(talk: Dialogue, after: Heard) -> None:
    last = play(talk, "可以", "有", "差不多吧", after)[-1]

    assert values(last)["solved"] == "partly"


def test_a_hedge_that_turns_out_to_be_a_no_is_read_back_too(talk: Dialogue) -> None:
    turns = play(talk, "可以", "有", "差不多吧", "没有解决", "是的")

    assert turns[4].state.step is Step.CONFIRM
    assert values(turns[5])["solved"] == "no"


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_refusal_is_honoured_at_once(talk: Dialogue, script: Script, at: int) -> None:
    before = ["可以", "有", "解决了"][: at - 1]

    last = play(talk, *before, "别问了,没时间")[-1]

    assert last.state.outcome is DialOutcome.REFUSED
    assert said(last) == [script.prompts.refusal_closing[ZH]]


def test_no_to_the_request_is_a_refusal(talk: Dialogue) -> None:
    assert play(talk, "不行")[-1].state.outcome is DialOutcome.REFUSED


def test_the_wrong_person_is_not_surveyed(talk: Dialogue) -> None:
    assert play(talk, "你打错了")[-1].state.outcome is DialOutcome.UNCLEAR


def test_silence_is_met_twice_with_patience(talk: Dialogue, script: Script) -> None:
    turns = play(talk, Silence(), Silence(), Silence())

    assert said(turns[1]) == [script.prompts.still_there[ZH], script.prompts.consent[ZH]]
    assert said(turns[2]) == said(turns[1])
    assert turns[3].state.outcome is DialOutcome.NO_SPEECH


def test_somebody_who_falls_silent_after_talking_is_left_to_a_person(talk: Dialogue) -> None:
    last = play(talk, "可以", "有", Silence(), Silence(), Silence())[-1]

    assert last.state.outcome is DialOutcome.UNCLEAR
    assert values(last) == {"contacted": "yes"}


def test_two_misunderstandings_bring_the_keys_and_a_third_a_person(
    talk: Dialogue, script: Script
) -> None:
    turns = play(talk, "可以", "今天几号", "今天几号", "今天几号")

    assert said(turns[2]) == [script.prompts.not_understood[ZH], script.questions[0].text[ZH]]
    assert said(turns[3])[-1] == script.questions[0].keys_text[ZH]
    assert turns[4].state.outcome is DialOutcome.UNCLEAR


def test_keys_answer_everything(talk: Dialogue) -> None:
    last = play(
        talk, Key(key="1"), Key(key="2"), Key(key="2"), Key(key="1"), Key(key="3"), Key(key="3")
    )[-1]

    assert last.state.outcome is DialOutcome.COMPLETED
    assert values(last) == {"contacted": "no", "solved": "no", "satisfied": "partly"}
    assert {answer.source for answer in last.state.answers} == {AnswerSource.KEYS}


def test_a_key_that_means_nothing_is_not_an_answer(talk: Dialogue) -> None:
    assert values(play(talk, Key(key="1"), Key(key="7"))[-1]) == {}


@pytest.mark.parametrize("heard", [w("再说一遍"), Key(key="0"), Key(key="*")])
def test_a_question_is_repeated_on_request(talk: Dialogue, script: Script, heard: Heard) -> None:
    assert said(play(talk, "可以", heard)[-1]) == [script.questions[0].text[ZH]]


def test_who_asks_who_is_speaking_hears_it_again(talk: Dialogue, script: Script) -> None:
    assert said(play(talk, "你是谁")[-1])[0] == script.prompts.disclosure[ZH]


def test_a_hang_up_ends_the_talk_and_keeps_what_was_answered(talk: Dialogue) -> None:
    last = play(talk, "可以", "有", HungUp())[-1]

    assert (last.state.outcome, last.say) == (DialOutcome.HUNG_UP, ())
    assert values(last) == {"contacted": "yes"}


def test_after_the_end_nothing_changes(talk: Dialogue) -> None:
    last = play(talk, "不用了")[-1]

    assert talk.hear(last.state, w("等等")) == Turn(state=last.state)


def test_the_talk_can_be_held_in_english(script: Script, reader: AnswerReader) -> None:
    last = play(
        Dialogue(script, EN, reader),
        "sure",
        "yes",
        "not yet",
        "yes, that's right",
        "so so",
        "average",
    )[-1]

    assert values(last) == {"contacted": "yes", "solved": "no", "satisfied": "partly"}


def test_a_low_mark_is_read_back_and_a_high_one_is_not(sample: str, reader: AnswerReader) -> None:
    talk = Dialogue(scaled(sample), ZH, reader)

    low, high = (
        play(talk, "可以", "有", "解决了", "一分"),
        play(talk, "可以", "有", "解决了", "五分"),
    )

    assert low[-1].state.step is Step.CONFIRM
    assert values(high[-1])["satisfied"] == "5"


HEARD = st.one_of(
    st.sampled_from(
        [
            w(text)
            for text in ("可以", "没有", "差不多", "天气", "再说一遍", "对", "不是", "解决了", "喂")
        ]
    ),
    st.sampled_from([Key(key=key) for key in "0123459*#"]),
    st.just(Silence()),
)
EVERYTHING = st.one_of(HEARD, st.just(HungUp()), st.just(w("别打了")))


@settings(max_examples=300, deadline=None)
@given(heard=st.lists(EVERYTHING, min_size=80, max_size=80))
def test_every_talk_ends_and_asks_nothing_twice(
    sample: str, reader: AnswerReader, heard: Sequence[Heard]
) -> None:
    script = read_script(sample)
    talk = Dialogue(script, ZH, reader)
    questions = {question.text[ZH]: question.question_id for question in script.questions}

    turn = talk.begin()
    turns = 0
    for each in heard:
        done = {answer.question_id for answer in turn.state.answers}
        assert not [text for text in said(turn) if questions.get(text) in done]
        if turn.state.outcome is not None:
            break
        turn = talk.hear(turn.state, each)
        turns += 1

    assert turn.state.outcome is not None
    assert turns < 80
    ids = [answer.question_id for answer in turn.state.answers]
    assert len(ids) == len(set(ids))
    assert (turn.state.outcome is DialOutcome.COMPLETED) == (len(ids) == len(script.questions))


def scaled(sample: str) -> Script:
    """The sample with marks from 1 to 5 for its last question."""
    head, satisfied = sample.split("  - id: satisfied\n")
    satisfied = satisfied.replace("kind: yes_no", "kind: scale").replace(
        "keys: {1: yes, 2: no, 3: partly}", "keys: {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}"
    )
    return read_script(f"{head}  - id: satisfied\n{satisfied}")
