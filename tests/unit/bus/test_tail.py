"""The newest facts are served from memory, but never with a hole in them."""

from bus.tail import Tail
from domain.envelope import Envelope
from tests.fakes.story import WHOLE_CALL, posted

FACTS = posted(WHOLE_CALL)
ALL = frozenset(type(event).__name__ for event in WHOLE_CALL)
FIRST = 101


def a_tail(facts: list[Envelope], size: int = 100) -> Tail:
    tail = Tail(size)
    for fact in facts:
        tail.add(fact)
    return tail


def test_what_is_newer_than_a_position_comes_in_order() -> None:
    assert a_tail(FACTS).after(FIRST + 2, ALL, limit=3) == FACTS[3:6]


def test_only_the_kinds_asked_for_come() -> None:
    assert a_tail(FACTS).after(FIRST - 1, {"CallEnded"}, limit=10) == FACTS[-1:]


def test_it_does_not_answer_for_what_it_never_saw_or_forgot() -> None:
    assert Tail(10).after(0, ALL, limit=10) is None
    assert a_tail(FACTS).after(FIRST - 2, ALL, limit=10) is None
    assert a_tail(FACTS, size=4).after(FIRST + 2, ALL, limit=10) is None


def test_a_listener_in_step_hears_that_there_is_nothing_new() -> None:
    assert a_tail(FACTS).after(FIRST + len(FACTS) - 1, ALL, limit=10) == []


def test_a_hole_makes_it_start_again_behind_the_hole() -> None:
    tail = a_tail([*FACTS[:3], *FACTS[5:]])

    assert tail.after(FIRST + 2, ALL, limit=10) is None
    assert tail.after(FIRST + 4, ALL, limit=2) == FACTS[5:7]


def test_a_late_older_fact_is_left_to_the_log() -> None:
    tail = a_tail([*FACTS[:3], FACTS[1]])

    assert tail.last_position == FIRST + 2
    assert tail.after(FIRST, ALL, limit=10) is None
