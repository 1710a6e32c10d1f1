"""The event log hangs, as a database does on a frozen disk: wires keep their deadlines, and no sound is lost."""

import asyncio

import pytest

from app.clock import SystemClock
from domain.audio import Leg
from domain.call import EndReason
from domain.envelope import Envelope
from domain.events import CallEnded, CallStarted, Event
from media_gateway.audiohook_settings import AudioHookSettings
from tests.fakes.audiohook import genesys
from tests.fakes.bus import FakeBus
from tests.fakes.gateway import KeepingListener, RunningGateway
from tests.faults.house import FaultHouse, fault_house
from tests.faults.talks import new_talk, talking, undisturbed
from tests.faults.wires import AUDIO_FORK, EVERY_WIRE, FaultWire, over

HANGS_S = 10
SECOND_OF_SOUND = b"\xff" * 2 * 8_000


class HangingBus(FakeBus):
    """While ``hangs`` nothing that is published is taken."""

    def __init__(self) -> None:
        super().__init__(clock=SystemClock())
        self.works = asyncio.Event()

    def hang(self) -> None:
        self.works.clear()

    def wake(self) -> None:
        self.works.set()

    async def publish(self, event: Event, /) -> Envelope:
        await self.works.wait()
        return await super().publish(event)


@pytest.fixture
def bus() -> HangingBus:
    return HangingBus()


def as_running(house: FaultHouse) -> RunningGateway:
    return RunningGateway(
        url=house.address, bus=house.bus, gateway=house.gateway, switchboard=house.switchboard
    )


async def until_heard(house: FaultHouse, samples: int) -> None:
    async with asyncio.timeout(HANGS_S):
        while house.gateway.counters.bytes_heard < 2 * samples:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def test_audiohook_is_opened_and_pings_are_answered_while_the_log_hangs(
    bus: HangingBus,
) -> None:
    async with fault_house(bus=bus) as house, genesys(as_running(house)) as client:
        opened = await client.open()
        await client.socket.send(SECOND_OF_SOUND)
        await client.say("ping", at=8_000)
        pong = await client.answer()
        said_by_then = list(bus.said)
        bus.wake()
        await client.close(at=8_000)
        ended = (await bus.until(CallEnded))[0]

    assert (opened.type, pong.type) == ("opened", "pong")
    assert said_by_then == []
    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 1_000)


async def test_audiohook_is_closed_in_time_while_the_log_hangs(bus: HangingBus) -> None:
    hook = AudioHookSettings(flush_ms=200)

    async with fault_house(bus=bus, hook=hook, facts_flush_ms=200) as house:
        async with genesys(as_running(house)) as client:
            await client.open()
            await client.close()
        said_by_then = list(bus.said)
        bus.wake()

    assert client.answers[-1].type == "closed"
    assert said_by_then == []


async def test_a_probe_is_answered_while_the_log_hangs(bus: HangingBus) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"

    async with fault_house(bus=bus) as house, genesys(as_running(house)) as client:
        opened = await client.open(conversation_id=nobody)
        await client.close()
        bus.wake()

    assert opened.type == "opened"
    assert bus.of(CallStarted) == []


@over(*EVERY_WIRE)
async def test_what_a_wire_brings_before_the_log_wakes_up_is_all_there(
    bus: HangingBus, wire: FaultWire
) -> None:
    engine = KeepingListener()

    async with (
        fault_house(bus=bus, listeners={"asr": engine}) as house,
        asyncio.TaskGroup() as group,
    ):
        talk = new_talk(house, wire)
        calling = group.create_task(talk.call.run(talk.mouth))
        await until_heard(house, 8_000)
        said_by_then = list(bus.said)
        bus.wake()
        talk.call_id = await house.begun(title=talk.title)
        await talk.is_heard()
        talk.call.hang_up()
        await calling
        ended = await talk.ended()

    assert said_by_then == []
    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert engine.heard[talk.call_id, Leg.CALLER].gaps == []
    assert talk.kept_ms == ended.duration_ms
    assert bus.of(CallStarted)[0].call_id == talk.call_id


@over(*EVERY_WIRE)
async def test_a_log_that_hangs_in_the_middle_holds_up_no_wire_and_gets_every_fact_later(
    bus: HangingBus, wire: FaultWire
) -> None:
    bus.wake()

    async with fault_house(bus=bus) as house:
        async with undisturbed(house), talking(house, wire) as talk:
            bus.hang()
            await talk.is_heard()
            await talk.goes_on()
            bus.wake()
        ended = await talk.ended()

    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert talk.kept_ms == ended.duration_ms
    assert house.gateway.counters.facts_lost == 0


async def test_a_log_that_never_wakes_up_ends_no_call_and_keeps_no_place(bus: HangingBus) -> None:
    bus.wake()

    async with fault_house(bus=bus, facts_flush_ms=200, max_calls=1) as house:
        async with talking(house, AUDIO_FORK) as talk:
            bus.hang()
            await talk.is_heard()
        kept = talk.kept()
        async with asyncio.timeout(5):
            while house.switchboard.live(talk.call_id) is not None:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        bus.wake()
        async with talking(house, AUDIO_FORK, title="the next") as following:
            await following.is_heard()

    assert talk.farewell is not None
    assert talk.farewell.said_goodbye
    assert kept == talk.sound
