"""In the line before the machines the urgent go first, legs take turns, and likes go together."""

import asyncio

import numpy as np
import pytest

from asr.desk.line import Line, Ticket
from asr.desk.reading import ReadAsk, SketchAsk
from domain.language import ZH
from models.pool import Priority

ALL_TOGETHER = dict.fromkeys(Priority, 100)
ONE_BY_ONE = dict.fromkeys(Priority, 1)


@pytest.fixture
async def line() -> Line:
    return Line(alike=0.5)


def a_final(utterance: str, *, seconds: float = 1, failures: int = 0) -> Ticket:
    ask = ReadAsk(
        utterance=utterance,
        waveform=np.zeros(round(seconds * 16_000), np.float32),
        speech_ms=round(seconds * 1000),
        choose=lambda odds: (ZH, True),
    )
    return Ticket(urgency=Priority.FINAL, ask=ask, answer=asyncio.Future(), failures=failures)


def a_partial(utterance: str) -> Ticket:
    ask = SketchAsk(
        utterance=utterance, waveform=np.zeros(16_000, np.float32), speech_ms=1_000, language=ZH
    )
    return Ticket(urgency=Priority.PARTIAL, ask=ask, answer=asyncio.Future())


def a_look() -> Ticket:
    return Ticket(
        urgency=Priority.LANGUAGE, ask=np.zeros(16_000, np.float32), answer=asyncio.Future()
    )


def drained(line: Line) -> list[str | None]:
    """The utterances in the order in which they go, one by one."""
    order = []
    while batch := line.take(ONE_BY_ONE):
        order += [ticket.utterance for ticket in batch]
    return order


async def test_finals_go_before_looks_and_looks_before_partials(line: Line) -> None:
    look = a_look()
    for ticket in (a_partial("c-1"), look, a_final("a-1"), a_final("b-1")):
        line.join(ticket)

    assert drained(line) == ["a-1", "b-1", None, "c-1"]


async def test_a_batch_holds_asks_of_one_kind_only(line: Line) -> None:
    for ticket in (a_partial("a-1"), a_final("b-1"), a_look(), a_final("c-1"), a_partial("d-1")):
        line.join(ticket)

    kinds = [[t.urgency for t in batch] for batch in iter(lambda: line.take(ALL_TOGETHER), [])]

    assert kinds == [[Priority.FINAL] * 2, [Priority.LANGUAGE], [Priority.PARTIAL] * 2]


async def test_no_more_go_together_than_allowed(line: Line) -> None:
    for n in range(5):
        line.join(a_final(f"{n}-1"))

    sizes = [len(batch) for batch in iter(lambda: line.take(dict.fromkeys(Priority, 2)), [])]

    assert sizes == [2, 2, 1]


async def test_a_short_utterance_does_not_pay_for_a_long_one(line: Line) -> None:
    for name, seconds in (("a-1", 14), ("b-1", 1), ("c-1", 8), ("d-1", 4)):
        line.join(a_final(name, seconds=seconds))

    batches = [[t.utterance for t in batch] for batch in iter(lambda: line.take(ALL_TOGETHER), [])]

    assert batches == [["a-1", "c-1"], ["b-1", "d-1"]]


async def test_the_second_utterance_of_a_leg_waits_for_the_first_of_every_other(line: Line) -> None:
    for name in ("greedy-1", "greedy-2", "greedy-3", "modest-1", "late-1"):
        line.join(a_final(name))

    assert drained(line) == ["greedy-1", "modest-1", "late-1", "greedy-2", "greedy-3"]


async def test_a_leg_that_comes_late_is_not_put_before_those_who_wait_for_long(line: Line) -> None:
    for name in ("greedy-1", "greedy-2", "greedy-3"):
        line.join(a_final(name))
    for _ in range(2):
        line.take(ONE_BY_ONE)
    line.join(a_final("new-1"))
    line.join(a_final("new-2"))

    assert drained(line) == ["new-1", "greedy-3", "new-2"]


async def test_a_final_that_broke_a_batch_goes_first_and_alone(line: Line) -> None:
    for ticket in (a_final("a-1"), a_final("b-1")):
        line.join(ticket)
    broken = line.take(ALL_TOGETHER)
    for ticket in broken:
        ticket.failures += 1
        line.rejoin(ticket)
    line.join(a_final("c-1"))

    batches = [[t.utterance for t in batch] for batch in iter(lambda: line.take(ALL_TOGETHER), [])]

    assert batches == [["a-1"], ["b-1"], ["c-1"]]


async def test_who_leaves_is_forgotten_and_may_leave_twice(line: Line) -> None:
    given_up = a_final("a-1")
    line.join(given_up)
    line.join(a_final("b-1"))

    line.leave(given_up)
    line.leave(given_up)

    assert (len(line), line.count(Priority.FINAL), drained(line)) == (1, 1, ["b-1"])


async def test_the_waiting_sketches_of_one_utterance_are_found(line: Line) -> None:
    mine = a_partial("a-1")
    for ticket in (a_partial("b-1"), mine, a_final("a-1")):
        line.join(ticket)

    assert line.sketches_of("a-1") == [mine]
