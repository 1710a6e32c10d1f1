"""A workplace is manned again when its hand is lost, and its successor comes first when there is time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from asr.desk.machine import NO_MACHINE
from asr.desk.staff import beside
from asr.settings import WorkshopSettings
from asr.workshop.hand import HandLost
from asr.workshop.parcel import Craft
from asr.workshop.workplace import Workplace, WorkshopCounters
from domain.errors import EngineError
from domain.language import ZH, LanguageTag
from tests.fakes.clock import FakeClock

HOUR_MS = 3_600_000
SETTINGS = WorkshopSettings(pause_s=0, start_tries=3, retry_after_s=30, max_rss_mb=100)


class FakeHand:
    """It does at once what it is asked, unless a test says otherwise."""

    engine = "fake"
    languages: tuple[LanguageTag, ...] = (ZH,)
    identifies_language = True

    def __init__(self, pid: int, on_gone: Callable[[], None], rss_mb: int) -> None:
        self.pid = pid
        self.rss_mb: int | None = rss_mb
        self.rss_at_start_mb: int | None = rss_mb
        self.is_there = True
        self.loss: HandLost | None = None
        self.at_work = asyncio.Lock()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._on_gone = on_gone

    async def do(self, craft: Craft, asks: Sequence[object], within_s: float) -> Sequence[object]:
        async with self.at_work:
            await self.may_answer.wait()
            if self.loss is not None:
                raise self.loss
            return [f"{self.pid} {ask}" for ask in asks]

    async def leave(self) -> None:
        async with self.at_work:
            self.kill()

    async def end(self) -> None:
        self.kill()

    def kill(self) -> None:
        if self.is_there:
            self.is_there = False
            self._on_gone()


class Agency:
    """Sends hands, or says why there are none."""

    def __init__(self, rss_mb: int = 50) -> None:
        self.sent: list[FakeHand] = []
        self.excuses: list[EngineError] = []
        self.rss_mb = rss_mb
        self.may_send = asyncio.Event()
        self.may_send.set()

    async def hire(self, on_gone: Callable[[], None]) -> FakeHand:
        await self.may_send.wait()
        if self.excuses:
            raise self.excuses.pop(0)
        self.sent.append(FakeHand(len(self.sent) + 1, on_gone, self.rss_mb))
        return self.sent[-1]


def excuse(*, retryable: bool = True) -> EngineError:
    return EngineError("asr.weights", "cannot load the recogniser", retryable=retryable)


@asynccontextmanager
async def a_place(
    agency: Agency, clock: FakeClock | None = None, settings: WorkshopSettings = SETTINGS
) -> AsyncIterator[Workplace]:
    place = Workplace(
        agency.hire, clock=clock or FakeClock(), settings=settings, counters=WorkshopCounters()
    )
    await place.open()
    async with beside(place.tend):
        yield place
    await place.close()


async def do(place: Workplace, ask: str = "ask") -> object:
    return (await place.do(Craft.READ, [ask], 1))[0]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def failure_of(place: Workplace) -> EngineError:
    with pytest.raises(EngineError) as failure:
        await do(place)
    return failure.value


async def test_a_hand_that_hangs_is_sent_away_and_the_next_batch_finds_another() -> None:
    agency = Agency()

    async with a_place(agency) as place:
        agency.sent[0].loss = HandLost("no answer", is_hung=True)
        failure = await failure_of(place)

        assert (failure.code, failure.retryable) == ("asr.machine_lost", True)
        assert await do(place) == "2 ask"
        assert not agency.sent[0].is_there
        assert place._counters == WorkshopCounters(started=2, hung=1)


async def test_a_hand_that_dies_idle_is_followed_by_another_before_anybody_asks() -> None:
    agency = Agency()

    async with a_place(agency) as place:
        agency.sent[0].kill()
        await settle()

        assert len(agency.sent) == 2
        assert await do(place) == "2 ask"
        assert place._counters == WorkshopCounters(started=2, died=1)


async def test_a_hand_that_is_too_heavy_works_on_until_its_successor_is_ready() -> None:
    agency = Agency()

    async with a_place(agency) as place:
        agency.may_send.clear()
        agency.sent[0].rss_mb = 101
        answers = [await do(place), await do(place)]
        agency.may_send.set()
        await settle()

        assert answers == ["1 ask", "1 ask"]
        assert await do(place) == "2 ask"
        assert not agency.sent[0].is_there
        assert place._counters == WorkshopCounters(started=2, too_heavy=1)


async def test_the_old_hand_finishes_its_batch_while_the_new_one_takes_the_next() -> None:
    agency, clock = Agency(), FakeClock()

    async with a_place(agency, clock) as place, asyncio.TaskGroup() as group:
        clock.advance(25 * HOUR_MS)
        old = agency.sent[0]
        agency.may_send.clear()
        await do(place)
        old.may_answer.clear()
        last = group.create_task(do(place, "the last"))
        await settle()
        agency.may_send.set()
        await settle()

        first = await do(place, "the first")
        is_there_meanwhile = old.is_there
        old.may_answer.set()

    assert (first, last.result()) == ("2 the first", "1 the last")
    assert (is_there_meanwhile, old.is_there) == (True, False)
    assert place._counters == WorkshopCounters(started=2, too_old=1)


async def test_a_large_model_is_not_replaced_for_its_size_alone() -> None:
    agency = Agency(rss_mb=4_000)

    async with a_place(agency) as place:
        agency.sent[0].rss_mb = 5_000
        await do(place)
        await settle()

        assert len(agency.sent) == 1


async def test_where_memory_is_not_told_nobody_is_replaced_for_it() -> None:
    agency = Agency()

    async with a_place(agency) as place:
        agency.sent[0].rss_mb = None
        await do(place)
        await settle()

        assert len(agency.sent) == 1


async def test_a_worn_hand_whose_successor_does_not_come_works_on_and_is_judged_again_later() -> (
    None
):
    agency, clock = Agency(), FakeClock()

    async with a_place(agency, clock) as place:
        agency.sent[0].rss_mb = 200
        agency.excuses = [excuse()] * 3
        for _ in range(5):
            assert await do(place) == "1 ask"
            await settle()
        assert agency.excuses == []
        clock.advance(30_000)
        await do(place)
        await settle()

        assert await do(place) == "2 ask"


async def test_a_start_that_fails_is_tried_again() -> None:
    agency = Agency()

    async with a_place(agency) as place:
        agency.excuses = [excuse(), excuse()]
        agency.sent[0].kill()

        assert await do(place) == "2 ask"
        assert place._counters == WorkshopCounters(started=2, died=1, starts_failed=2)


async def test_who_asks_in_vain_is_told_why_and_who_asks_later_is_served() -> None:
    agency, clock = Agency(), FakeClock()

    async with a_place(agency, clock) as place:
        agency.excuses = [excuse() for _ in range(3)]
        agency.sent[0].kill()
        failure = await failure_of(place)
        again = await failure_of(place)
        clock.advance(30_000)

        assert failure.code == again.code == NO_MACHINE
        assert "cannot load the recogniser" in failure.message
        assert await do(place) == "2 ask"


async def test_what_no_further_try_would_mend_is_not_tried_again() -> None:
    agency = Agency()

    async with a_place(agency) as place:
        agency.excuses = [excuse(retryable=False), excuse()]
        agency.sent[0].kill()
        await failure_of(place)

        assert len(agency.excuses) == 1


async def test_hands_that_come_and_go_without_an_answer_are_called_ever_more_slowly() -> None:
    agency = Agency()

    async with a_place(agency, settings=WorkshopSettings(pause_s=60)) as place:
        agency.sent[0].kill()
        await settle()
        agency.sent[1].kill()
        await settle()

        assert len(agency.sent) == 2
        assert place.worker is None


async def test_a_batch_that_is_given_up_takes_its_hand_with_it_and_the_next_finds_another() -> None:
    agency = Agency()

    async with a_place(agency) as place, asyncio.TaskGroup() as group:
        agency.sent[0].may_answer.clear()
        given_up = group.create_task(do(place))
        await settle()
        given_up.cancel()
        await settle()

        assert not agency.sent[0].is_there
        assert await do(place) == "2 ask"


async def test_closing_ends_the_hand_and_calls_no_other() -> None:
    agency = Agency()

    async with a_place(agency):
        pass
    await settle()

    assert [hand.is_there for hand in agency.sent] == [False]
