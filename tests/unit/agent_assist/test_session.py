import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from agent_assist.session import AssistService
from agent_assist.settings import AssistSettings
from domain.call import CallInfo, Direction, EndReason
from domain.events import CallEnded, CallStarted, KnowledgeFound, SuggestionOffered
from domain.ids import CallId, SegmentId
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.knowledge import a_hit

CALL = CallId("call-1")


def started(call_id: CallId = CALL, *, campaign_contact: str | None = None) -> CallStarted:
    return CallStarted(
        call_id=call_id,
        info=CallInfo(
            call_id=call_id,
            direction=Direction.OUTBOUND if campaign_contact else Direction.INBOUND,
            wire="fake",
            campaign_contact=campaign_contact,
        ),
    )


def ended(call_id: CallId = CALL) -> CallEnded:
    return CallEnded(call_id=call_id, reason=EndReason.HUNG_UP, duration_ms=1_000)


def found(
    article_id: str, *, score: float = 0.8, heard_at_ms: int = 0, call_id: CallId = CALL
) -> KnowledgeFound:
    return KnowledgeFound(
        call_id=call_id,
        segment_id=SegmentId(f"s-{article_id}"),
        question="问",
        hits=(a_hit(article_id, score=score),),
        heard_at_ms=heard_at_ms,
    )


class Room:
    """The service with a clock and a corridor in hand; facts are handed to it one by one."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.bus = FakeBus(clock=self.clock)
        self.service = AssistService(bus=self.bus, clock=self.clock)

    async def hear(self, *events: CallStarted | KnowledgeFound | CallEnded) -> None:
        for event in events:
            await self.service.hear(await self.bus.publish(event))

    async def after(self, ms: int) -> None:
        self.clock.advance(ms)
        await self.service.release_due()

    @property
    def shown(self) -> list[str]:
        offered = self.bus.of(SuggestionOffered)
        return [event.suggestion.passage.article_id for event in offered]


async def test_a_card_knows_how_long_after_the_phrase_it_came() -> None:
    room = Room()
    room.clock.advance(5_000)

    await room.hear(started(), found("lamp", heard_at_ms=4_200))

    (offered,) = room.bus.of(SuggestionOffered)
    assert offered.card_latency_ms == 800
    assert offered.suggestion.because_segment_id == "s-lamp"


async def test_a_held_card_comes_in_its_turn_and_counts_its_waiting() -> None:
    room = Room()
    await room.hear(started(), found("lamp"), found("water"))

    await room.after(7_999)
    assert room.shown == ["lamp"]
    await room.after(1)

    assert room.shown == ["lamp", "water"]
    assert room.bus.of(SuggestionOffered)[1].card_latency_ms == 8_000


async def test_the_card_that_waited_goes_before_one_that_just_came() -> None:
    room = Room()
    await room.hear(started(), found("lamp"), found("water", score=0.88))
    room.clock.advance(8_500)

    await room.hear(found("noise", heard_at_ms=8_400))

    assert room.shown == ["lamp", "water"]


async def test_two_calls_have_two_desks() -> None:
    room = Room()
    other = CallId("call-2")

    await room.hear(started(), started(other), found("lamp"), found("lamp", call_id=other))

    assert room.shown == ["lamp", "lamp"]


async def test_calls_our_bot_placed_get_no_cards() -> None:
    room = Room()

    await room.hear(started(campaign_contact="campaign/contact"), found("lamp", score=0.99))
    await room.after(9_000)

    assert room.shown == []


async def test_the_same_fact_heard_twice_makes_one_card() -> None:
    room = Room()
    await room.hear(started())
    envelope = await room.bus.publish(found("lamp"))

    await room.service.hear(envelope)
    await room.service.hear(envelope)

    assert room.shown == ["lamp"]


async def test_the_last_words_of_a_call_may_bring_a_card_during_wrap_up() -> None:
    room = Room()
    await room.hear(started(), ended())
    room.clock.advance(2_000)

    await room.hear(found("lamp", heard_at_ms=500))

    assert room.shown == ["lamp"]


async def test_a_call_is_forgotten_after_its_end() -> None:
    room = Room()
    await room.hear(started(), found("lamp"), ended())
    assert room.service.calls == 1

    room.clock.advance(60_000)
    await room.hear(started(CallId("call-2")))

    assert room.service.calls == 1


async def test_a_call_already_under_way_when_the_room_opens_is_helped_too() -> None:
    room = Room()

    await room.hear(found("lamp"))

    assert room.shown == ["lamp"]


@asynccontextmanager
async def at_work(service: AssistService) -> AsyncIterator[None]:
    with suppress(asyncio.CancelledError):
        async with asyncio.TaskGroup() as house:
            task = house.create_task(service.run())
            await asyncio.sleep(0.01)
            yield
            task.cancel()


class RunningClock(FakeClock):
    """Each look at it finds ten milliseconds gone."""

    def monotonic_ms(self) -> int:
        self.advance(10)
        return super().monotonic_ms()


async def test_over_the_corridor_a_held_card_comes_by_itself() -> None:
    clock = RunningClock()
    bus = FakeBus(clock=clock)
    settings = AssistSettings(gap_ms=40)

    async with at_work(AssistService(bus=bus, clock=clock, settings=settings)):
        await bus.publish(started())
        await bus.publish(found("lamp"))
        await bus.publish(found("water"))
        offered = await bus.until(SuggestionOffered, count=2)

    assert [o.suggestion.passage.article_id for o in offered] == ["lamp", "water"]
