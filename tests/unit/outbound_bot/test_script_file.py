"""A script that cannot be used says in which line and what was expected there."""

import pytest

from domain.errors import InputError
from domain.language import EN, ZH
from outbound_bot.script import AfterInterruption, Script
from outbound_bot.script_file import read_script


def refusal(text: str) -> str:
    with pytest.raises(InputError) as refused:
        read_script(text, file="visit.yaml")
    assert refused.value.code == "outbound_bot.script"
    return refused.value.message


def line_of(text: str, piece: str) -> int:
    return text[: text.rindex(piece)].count("\n") + 1


def test_the_sample_script_is_whole(script: Script) -> None:
    assert script.languages == (ZH, EN)
    assert [question.question_id for question in script.questions] == [
        "contacted",
        "solved",
        "satisfied",
    ]
    assert script.questions[1].keys == {"1": "yes", "2": "no", "3": "partly"}
    assert script.after_interruption is AfterInterruption.HAND_OVER


def test_every_line_of_the_sample_can_be_prepared_by_a_voice(script: Script) -> None:
    assert script.prompts.disclosure[ZH] in script.lines(ZH)
    assert script.questions[1].confirmation is not None
    assert script.questions[1].confirmation[EN] in script.lines(EN)


@pytest.mark.parametrize(
    ("piece", "instead", "expected"),
    [
        ("kind: yes_no\n    rate: contacted", "kind: maybe\n    rate: contacted", "prompts|kind: expected one of yes_no, scale, got 'maybe'"),
        ("attempts: 1", "attempts: often", "retry.attempts: expected a whole number from 1 to 5, got 'often'"),
        ("attempts: 1", "attempts: 9", "retry.attempts: expected a whole number from 1 to 5, got '9'"),
        ('to: "23:59"', 'to: "25:00"', 'hours.to: expected a time of day such as "09:00", got'),
        ('from: "00:00"', 'from: "23:59"', "hours.to: expected a time after 23:59"),
        ('utc_offset: "+08:00"', "utc_offset: Shanghai", 'hours.utc_offset: expected an offset from UTC such as "+08:00"'),
        ("languages: [zh, en]", "languages: [zh, xx]", "languages[1]: expected one of zh, en, fr"),
        ("languages: [zh, en]", "languages: []", "languages: expected a list with at least one element"),
        ("id: solved", "id: contacted", "expected an id that no other question has"),
        ("id: solved", "id: So lved", "expected a short id in a-z, 0-9 and _"),
        ("after_interruption: hand_over", "after_interruption: panic", "expected one of hand_over, call_back, got 'panic'"),
        ("keys: {1: yes, 2: no}", "keys: {1: yes, 0: no}", "expected each key once and from 1 to 9"),
        ("keys: {1: yes, 2: no}", "keys: {1: perhaps}", "expected one of yes, no, partly, got 'perhaps'"),
        ("escalates: true", "escalates: sure", "expected one of true, false, got 'sure'"),
        ("escalates: true", "escalate: true", "instead of 'escalate'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_its_line(
    sample: str, piece: str, instead: str, expected: str
) -> None:
    assert sample.count(piece) >= 1
    broken = sample.replace(piece, instead, 1)

    message = refusal(broken)

    assert expected.split("|")[-1] in message
    assert abs(int(message.split("line ")[1].split(":")[0]) - line_of(broken, instead)) <= 1


def test_a_missing_text_names_the_question_and_the_language(sample: str) -> None:
    message = refusal(sample.replace("      en: Has your problem been solved?\n", ""))

    assert "questions[1].text: expected a key 'en'" in message


def test_a_script_must_say_that_a_machine_speaks(sample: str) -> None:
    message = refusal(
        sample.replace("人工智能语音助手,本次通话由机器合成语音", "工作人员小李,本次通话")
    )

    assert "a sentence that says a machine speaks" in message
    assert "prompts.disclosure.zh" in message


def test_the_disclosure_cannot_be_left_out(sample: str) -> None:
    start, end = sample.index("  disclosure:"), sample.index("  consent:")

    assert "prompts: expected a key 'disclosure'" in refusal(sample[:start] + sample[end:])


@pytest.mark.parametrize(
    "text", ["", "just words", "- a\n- b", "name: [unclosed", "\tname: x", "name: a\nname: b"]
)
def test_what_is_no_script_at_all_is_refused_with_a_line(text: str) -> None:
    assert refusal(text).startswith("visit.yaml line ")


def test_a_script_the_size_of_a_book_is_refused(sample: str) -> None:
    assert "at most" in refusal(sample + "#" * 100_000)
