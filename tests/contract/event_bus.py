"""Hold every corridor to the promises in `bus/port.py`."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest

from bus.port import EventBus, Lag, Start
from domain.audio import Leg
from domain.envelope import Envelope
from domain.errors import StorageError
from domain.events import Event, KeyPressed, LegJoined, TranscriptRevised
from domain.ids import CallId, SegmentId
from domain.transcript import TranscriptSegment

CALL = CallId("call-1")


class House(Protocol):
    """What one adapter brings: a corridor that can be torn down and built again over the same memory."""

    def bus(self) -> EventBus: ...
    def drops(self) -> Mapping[str, int]: ...
    async def restart(self) -> None: ...
    async def cursor(self, name: str) -> int | None: ...
    async def break_the_log(self) -> None: ...


def a_key(key: str, call_id: CallId = CALL) -> KeyPressed:
    return KeyPressed(call_id=call_id, leg=Leg.CALLER, key=key, pressed_at_ms=0)


def a_partial(revision: int, segment: str = "s1") -> TranscriptRevised:
    return TranscriptRevised(
        call_id=CALL,
        segment=TranscriptSegment(
            call_id=CALL,
            leg=Leg.CALLER,
            segment_id=SegmentId(segment),
            revision=revision,
            is_final=False,
            start_ms=0,
            end_ms=10,
            text=f"words {revision}",
            language=None,
            engine="fake",
        ),
    )


async def hear(sound: AsyncIterator[Envelope], count: int) -> list[Event]:
    async with asyncio.timeout(5):
        return [(await anext(sound)).event for _ in range(count)]


async def is_quiet(sound: AsyncIterator[Envelope]) -> bool:
    """Whether a listener that asks is still waiting after everything that was ready has run."""
    try:
        async with asyncio.timeout(0.05):
            await anext(sound)
    except TimeoutError:
        return True
    return False


async def acknowledged(house: House, name: str) -> None:
    """Until the log remembers a fact that this listener has acknowledged."""
    async with asyncio.timeout(5):
        while not await house.cursor(name):  # noqa: ASYNC110 — a log rings no bell when a cursor moves
            await asyncio.sleep(0)


async def break_on_first(bus: EventBus) -> None:
    async with bus.subscribe(KeyPressed, name="fragile") as sound:
        await bus.publish(a_key("1"))
        await hear(sound, 1)
        raise ZeroDivisionError


class EventBusContract:
    """Subclass it and supply ``open_house``."""

    @abstractmethod
    def open_house(self) -> AbstractAsyncContextManager[House]: ...

    @pytest.fixture
    async def house(self) -> AsyncIterator[House]:
        async with self.open_house() as house:
            yield house

    async def test_every_listener_hears_one_call_in_the_same_order(self, house: House) -> None:
        bus = house.bus()
        async with (
            bus.subscribe(KeyPressed, name="a") as a,
            bus.subscribe(KeyPressed, name=None) as b,
        ):
            async with asyncio.TaskGroup() as callers:
                for key in "0123456789":
                    callers.create_task(bus.publish(a_key(key)))

            heard_by_a, heard_by_b = await hear(a, 10), await hear(b, 10)

        assert heard_by_a == heard_by_b
        assert {event.key for event in heard_by_a if isinstance(event, KeyPressed)} == set(
            "0123456789"
        )

    async def test_seq_rises_by_one_per_call_and_position_over_the_house(
        self, house: House
    ) -> None:
        bus = house.bus()

        posted = [await bus.publish(a_key("1", CallId(call))) for call in ("x", "y", "x", "x", "y")]

        assert [e.seq for e in posted] == [1, 1, 2, 3, 2]
        positions = [e.position or 0 for e in posted]
        assert positions == sorted(set(positions))
        assert len({e.event_id for e in posted}) == 5
        assert all(e.occurred_at.utcoffset() is not None for e in posted)

    async def test_a_listener_hears_only_the_kinds_it_asked_for(self, house: House) -> None:
        bus = house.bus()
        async with bus.subscribe(KeyPressed, name=None) as keys:
            await bus.publish(
                LegJoined(call_id=CALL, leg=Leg.CALLER, sample_rate_hz=8_000, joined_at_ms=0)
            )
            await bus.publish(a_key("7"))

            assert await hear(keys, 1) == [a_key("7")]
            assert await is_quiet(keys)

    async def test_a_new_listener_starts_now_unless_it_wants_the_beginning(
        self, house: House
    ) -> None:
        bus = house.bus()
        await bus.publish(a_key("1"))
        async with (
            bus.subscribe(KeyPressed, name="now") as now,
            bus.subscribe(KeyPressed, name="all", start=Start.BEGINNING) as everything,
        ):
            await bus.publish(a_key("2"))

            assert await hear(now, 1) == [a_key("2")]
            assert await hear(everything, 2) == [a_key("1"), a_key("2")]

    async def test_a_named_listener_resumes_after_a_restart_at_its_last_unacknowledged_fact(
        self, house: House
    ) -> None:
        async with house.bus().subscribe(KeyPressed, name="a") as before:
            for key in "123":
                await house.bus().publish(a_key(key))
            await hear(before, 2)  # asking for 2 acknowledged 1; 2 itself was never acknowledged

        await house.restart()
        await house.bus().publish(a_key("4"))

        async with house.bus().subscribe(KeyPressed, name="a") as after:
            assert await hear(after, 3) == [a_key("2"), a_key("3"), a_key("4")]

    async def test_a_named_listener_hears_what_was_said_while_it_was_away(
        self, house: House
    ) -> None:
        bus = house.bus()
        async with bus.subscribe(KeyPressed, name="a"):
            pass
        await bus.publish(a_key("1"))

        async with bus.subscribe(KeyPressed, name="a") as back:
            assert await hear(back, 1) == [a_key("1")]

    async def test_an_idle_listener_has_acknowledged_even_if_the_process_dies(
        self, house: House
    ) -> None:
        async with house.bus().subscribe(KeyPressed, name="a") as sound:
            await house.bus().publish(a_key("1"))
            await hear(sound, 1)
            async with asyncio.TaskGroup() as group:
                asking = group.create_task(hear(sound, 1))
                await acknowledged(house, "a")
                asking.cancel()

            await house.restart()  # without leaving the first subscription
            await house.bus().publish(a_key("2"))
            async with house.bus().subscribe(KeyPressed, name="a") as after:
                assert await hear(after, 1) == [a_key("2")]

    async def test_a_listener_that_broke_hears_the_same_fact_again(self, house: House) -> None:
        bus = house.bus()
        with pytest.raises(ZeroDivisionError):
            await break_on_first(bus)

        async with bus.subscribe(KeyPressed, name="fragile") as again:
            assert await hear(again, 1) == [a_key("1")]

    async def test_a_fact_that_could_not_be_logged_is_told_to_nobody(self, house: House) -> None:
        bus = house.bus()
        async with bus.subscribe(KeyPressed, name=None) as sound:
            await house.break_the_log()

            with pytest.raises(StorageError):
                await bus.publish(a_key("1"))

            assert await is_quiet(sound)

    async def test_a_slow_listener_delays_neither_publisher_nor_neighbour(
        self, house: House
    ) -> None:
        bus = house.bus()
        async with (
            bus.subscribe(KeyPressed, name="slow") as slow,
            bus.subscribe(KeyPressed, name="fast") as fast,
        ):
            await bus.publish(a_key("0"))
            await hear(slow, 1)  # and then it does not ask again for a long time

            for _ in range(300):
                await bus.publish(a_key("1"))

            assert len(await hear(fast, 301)) == 301
            assert len(await hear(slow, 300)) == 300

    async def test_the_newest_partial_of_a_segment_replaces_the_older_and_is_counted(
        self, house: House
    ) -> None:
        bus = house.bus()
        async with bus.subscribe(TranscriptRevised, name="desk") as sound:
            for revision in range(1, 6):
                await bus.publish(a_partial(revision))
            await bus.publish(a_partial(1, segment="s2"))

            heard = await hear(sound, 2)

            assert heard == [a_partial(5), a_partial(1, segment="s2")]
            assert house.drops()["desk"] == 4

    async def test_drop_oldest_keeps_the_newest_partials_and_counts_the_rest(
        self, house: House
    ) -> None:
        bus = house.bus()
        async with bus.subscribe(TranscriptRevised, name="desk", lag=Lag.DROP_OLDEST) as sound:
            for revision in range(1, 2_001):
                await bus.publish(a_partial(revision))
            dropped = house.drops()["desk"]

            heard = await hear(sound, 2_000 - dropped)

            assert 0 < dropped < 2_000
            assert heard == [a_partial(revision) for revision in range(dropped + 1, 2_001)]

    async def test_a_volatile_event_is_not_in_the_log(self, house: House) -> None:
        bus = house.bus()
        posted = await bus.publish(a_partial(1))

        assert (posted.seq, posted.position) == (None, None)
        async with bus.subscribe(TranscriptRevised, name="late", start=Start.BEGINNING) as sound:
            assert await is_quiet(sound)

    async def test_partials_and_facts_keep_the_order_in_which_they_were_said(
        self, house: House
    ) -> None:
        bus = house.bus()
        async with bus.subscribe(TranscriptRevised, KeyPressed, name=None) as sound:
            said: list[Event] = [
                a_partial(1, "s1"),
                a_key("1"),
                a_partial(1, "s2"),
                a_key("2"),
                a_partial(1, "s3"),
            ]
            for event in said:
                await bus.publish(event)

            assert await hear(sound, 5) == said

    async def test_asking_in_vain_and_giving_up_loses_nothing(self, house: House) -> None:
        bus = house.bus()
        async with bus.subscribe(KeyPressed, name="a") as sound:
            assert await is_quiet(sound)
            await bus.publish(a_key("1"))

            assert await hear(sound, 1) == [a_key("1")]

    async def test_leaving_leaves_no_task_and_frees_the_name(self, house: House) -> None:
        bus = house.bus()
        before = len(asyncio.all_tasks())

        for _ in range(3):
            async with bus.subscribe(KeyPressed, name="a") as sound:
                await bus.publish(a_key("1"))
                await hear(sound, 1)

        assert len(asyncio.all_tasks()) == before

    async def test_a_cancelled_listener_leaves_no_task(self, house: House) -> None:
        bus = house.bus()
        before = len(asyncio.all_tasks())

        async def listen() -> None:
            async with bus.subscribe(KeyPressed, name="a") as sound:
                async for _ in sound:
                    pass

        async with asyncio.TaskGroup() as group:
            task = group.create_task(listen())
            await asyncio.sleep(0)
            task.cancel()

        assert len(asyncio.all_tasks()) == before
        async with bus.subscribe(KeyPressed, name="a"):
            pass

    async def test_a_fact_that_always_breaks_its_listener_is_passed_over_at_last(
        self, house: House
    ) -> None:
        bus = house.bus()
        async with bus.subscribe(KeyPressed, name="nlu", start=Start.BEGINNING):
            pass
        await bus.publish(a_key("1"))
        await bus.publish(a_key("2"))

        broke_on = await self._break_on(bus, ValueError("poison"), times=4)

        assert broke_on == ["1", "1", "1", "2"]

    async def test_a_full_disk_is_never_the_fact_s_fault(self, house: House) -> None:
        bus = house.bus()
        async with bus.subscribe(KeyPressed, name="nlu", start=Start.BEGINNING):
            pass
        await bus.publish(a_key("1"))

        broke_on = await self._break_on(bus, StorageError("storage.full", "full"), times=5)

        assert broke_on == ["1"] * 5

    async def _break_on(self, bus: EventBus, error: Exception, times: int) -> list[str]:
        """Handle the first fact badly, again and again, as a service that is started again would; its keys."""
        broke_on: list[str] = []
        for _ in range(times):
            with pytest.raises(type(error)):
                await self._break_once(bus, error, broke_on)
        return broke_on

    async def _break_once(self, bus: EventBus, error: Exception, broke_on: list[str]) -> None:
        async with bus.subscribe(KeyPressed, name="nlu") as sound:
            (event,) = await hear(sound, 1)
            assert isinstance(event, KeyPressed)
            broke_on.append(event.key)
            raise error
