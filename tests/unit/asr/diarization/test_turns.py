"""A line has a speaker only when most of its speech is one person's."""

from dataclasses import dataclass

import pytest

from asr.diarization.turns import (
    UNKNOWN,
    SpeakerTurn,
    alone,
    as_guessed,
    named_in_order,
    speakers_of,
)


@dataclass(frozen=True)
class Line:
    start_ms: int
    end_ms: int


def turn(start_ms: int, end_ms: int, speaker: str) -> SpeakerTurn:
    return SpeakerTurn(start_ms=start_ms, end_ms=end_ms, speaker=speaker)


TALK = [turn(0, 4_000, "A"), turn(4_000, 6_000, "B"), turn(5_500, 9_000, "A")]


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        (Line(200, 3_900), "A"),
        (Line(4_100, 5_400), "B"),
        (Line(3_000, 5_400), UNKNOWN),  # a second of A, then 1.4 of B
        (Line(2_000, 4_500), "A"),  # four fifths are A's
        (Line(5_500, 6_000), UNKNOWN),  # both at once
        (Line(9_500, 9_900), UNKNOWN),  # nobody was heard here
        (Line(1_000, 1_000), UNKNOWN),
    ],
)
def test_a_line_is_whose_voice_fills_most_of_it(line: Line, speaker: str) -> None:
    assert speakers_of([line], TALK) == [speaker]


def test_every_line_gets_an_answer_in_its_place() -> None:
    lines = [Line(4_100, 5_000), Line(20_000, 21_000), Line(100, 200)]

    assert speakers_of(lines, TALK) == ["B", UNKNOWN, "A"]


def test_unknown_voices_count_against_everybody() -> None:
    turns = [turn(0, 1_000, "A"), turn(1_000, 2_000, UNKNOWN)]

    assert speakers_of([Line(0, 2_000)], turns) == [UNKNOWN]
    assert speakers_of([Line(0, 1_300)], turns) == ["A"]


def test_how_much_is_most_can_be_chosen() -> None:
    line = Line(3_000, 5_400)

    assert speakers_of([line], TALK, min_share=0.5) == ["B"]


def test_no_turns_leave_every_line_unknown() -> None:
    assert speakers_of([Line(0, 1_000)], []) == [UNKNOWN]


@pytest.mark.parametrize(
    ("others", "free"),
    [
        ([], [(1_000, 5_000)]),
        ([(0, 900), (5_000, 6_000)], [(1_000, 5_000)]),
        ([(500, 1_500), (4_500, 9_000)], [(1_500, 4_500)]),
        ([(2_000, 3_000), (2_500, 3_500)], [(1_000, 2_000), (3_500, 5_000)]),
        ([(2_000, 4_000), (2_500, 3_000)], [(1_000, 2_000), (4_000, 5_000)]),
        ([(0, 6_000)], []),
    ],
)
def test_a_turn_is_alone_where_nobody_else_speaks(
    others: list[tuple[int, int]], free: list[tuple[int, int]]
) -> None:
    mine = turn(1_000, 5_000, "A")

    assert alone(mine, [mine, *(turn(start, end, "B") for start, end in others)]) == free


def test_speakers_are_named_as_they_appear_and_nobody_becomes_somebody() -> None:
    turns = [turn(900, 1_000, "7"), turn(0, 400, "9"), turn(400, 500, UNKNOWN), turn(500, 600, "7")]

    assert [t.speaker for t in named_in_order(turns)] == ["A", UNKNOWN, "B", "B"]


def test_the_twenty_seventh_speaker_has_a_name_of_their_own() -> None:
    turns = [turn(n, n + 1, f"voice {n}") for n in range(30)]

    assert len({t.speaker for t in named_in_order(turns)}) == 30


def test_a_guess_has_the_letter_of_its_voice_and_gives_no_letter_to_who_is_named_later() -> None:
    turns = [
        SpeakerTurn(start_ms=0, end_ms=1, speaker=UNKNOWN, nearest="9"),
        turn(1, 2, "7"),
        SpeakerTurn(start_ms=2, end_ms=3, speaker=UNKNOWN, nearest="7"),
    ]

    named = named_in_order(turns)

    assert [(t.speaker, t.nearest) for t in named] == [(UNKNOWN, "B"), ("A", None), (UNKNOWN, "A")]
    assert [t.speaker for t in as_guessed(named)] == ["B", "A", "A"]
