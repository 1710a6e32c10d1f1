"""The log keeps every fact once, in order, whoever gives up waiting."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bus import codec
from domain.audio import Leg
from domain.events import KeyPressed
from domain.ids import CallId
from storage.engine import Database
from storage.event_log import SqlEventLog
from storage.repositories.calls import CallRepository
from tests.fakes.clock import BEGINNING, FakeClock
from tests.fakes.database import a_database
from tests.fakes.story import CALL, WHOLE_CALL, a_start

KINDS = tuple(codec.kind_of(event) for event in WHOLE_CALL)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(tmp_path) as opened:
        yield opened


@pytest.fixture
async def event_log(database: Database) -> AsyncIterator[SqlEventLog]:
    opened = SqlEventLog(database, codec=codec, clock=FakeClock())
    yield opened
    await opened.aclose()


def a_key(key: str, call_id: str = "call-1") -> KeyPressed:
    return KeyPressed(call_id=CallId(call_id), leg=Leg.CALLER, key=key, pressed_at_ms=0)


async def test_facts_come_back_as_they_were_written(event_log: SqlEventLog) -> None:
    written = [await event_log.append(event) for event in WHOLE_CALL]

    assert await event_log.after(0, KINDS, limit=100) == written
    assert [fact.event for fact in written] == list(WHOLE_CALL)
    assert written[0].occurred_at == BEGINNING


async def test_reading_goes_on_where_it_stopped(event_log: SqlEventLog) -> None:
    written = [await event_log.append(event) for event in WHOLE_CALL]

    first = await event_log.after(0, KINDS, limit=5)
    rest = await event_log.after(first[-1].position or 0, KINDS, limit=100)

    assert first + rest == written
    assert await event_log.last_position() == written[-1].position


async def test_many_publishers_at_once_leave_no_hole_and_no_double(event_log: SqlEventLog) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(event_log.append(a_key("1", f"call-{n % 7}"))) for n in range(200)
        ]

    facts = [task.result() for task in tasks]
    assert sorted(fact.position or 0 for fact in facts) == list(range(1, 201))
    for call in {fact.call_id for fact in facts}:
        of_call = sorted(facts, key=lambda fact: fact.position or 0)
        seqs = [fact.seq for fact in of_call if fact.call_id == call]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_a_publisher_that_gives_up_either_wrote_its_fact_or_never_will(
    event_log: SqlEventLog,
) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(event_log.append(a_key("1")))
        second = group.create_task(event_log.append(a_key("2")))
        await asyncio.sleep(0)
        first.cancel()  # being written
        second.cancel()  # still waiting for its turn
    after_giving_up = await event_log.after(0, ["KeyPressed"], limit=10)

    third = await event_log.append(a_key("3"))

    keys = [fact.event.key for fact in after_giving_up if isinstance(fact.event, KeyPressed)]
    assert keys in ([], ["1"])
    assert third.seq == len(keys) + 1


async def test_cursors_are_remembered(event_log: SqlEventLog) -> None:
    assert await event_log.cursor("desk") is None

    await event_log.move_cursor("desk", 5)
    await event_log.move_cursor("desk", 9)

    assert await event_log.cursor("desk") == 9


async def test_the_newest_calls_come_first_with_what_was_said_about_them(
    event_log: SqlEventLog, database: Database
) -> None:
    calls = CallRepository(database, codec=codec)
    for call in ("a", "b", "c"):
        await event_log.append(a_start(CallId(call)))
        await event_log.append(a_key("1", call))

    assert await calls.newest(2) == ["c", "b"]
    assert [
        fact.call_id for fact in await calls.facts_of([CallId("a"), CallId("c")], KeyPressed)
    ] == ["a", "c"]
    assert [codec.kind_of(fact.event) for fact in await calls.facts(CallId("b"))] == [
        "CallStarted",
        "KeyPressed",
    ]
    assert await calls.facts(CallId("nobody")) == []


async def test_calls_that_never_ended_are_known_after_a_restart(
    event_log: SqlEventLog, database: Database
) -> None:
    for event in WHOLE_CALL:
        await event_log.append(event)
    await event_log.append(a_start(CallId("cut-off")))

    left = await CallRepository(database, codec=codec).left_open()

    assert left == [("cut-off", 0)]
    assert CALL not in [call for call, _ in left]
