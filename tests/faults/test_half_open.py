"""The far side is gone and nobody said so: the call ends as stalled, what came of it is kept, others go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from websockets.exceptions import ConnectionClosed

from domain.audio import Speech
from domain.call import EndReason
from domain.errors import ContactCentreError, NotFound, Refused
from media_gateway.client.mouth import Mouth
from media_gateway.client.pacing import Pacer
from tests.fakes.sound import noise
from tests.faults.house import FaultHouse, fault_house
from tests.faults.stopping_wire import StoppingWire, a_stopping_wire_to
from tests.faults.talks import WORDS_MS, Talk, new_talk, undisturbed
from tests.faults.wires import DATAGRAM_WIRES, STREAM_WIRES, FaultWire, over

STALL_MS = 500
LONG_SPEECH = Speech(pcm=noise(120_000), sample_rate_hz=8_000)


def port_of(house: FaultHouse, wire: FaultWire) -> int:
    return int(house.at(wire.name).rpartition(":")[2])


def through(house: FaultHouse, wire: FaultWire, relay: StoppingWire) -> Talk:
    """A call whose TCP connection goes through the relay."""
    scheme = house.at(wire.name).partition(":")[0]
    return new_talk(house, wire, at=f"{scheme}://127.0.0.1:{relay.port}")


async def run_until_torn(talk: Talk) -> None:
    with suppress(ContactCentreError, OSError, ConnectionClosed):
        await talk.call.run(talk.mouth)


@asynccontextmanager
async def cut_off(house: FaultHouse, wire: FaultWire) -> AsyncIterator[Talk]:
    """A call whose far side has just gone without a word."""
    async with a_stopping_wire_to(port_of(house, wire)) as relay, asyncio.TaskGroup() as group:
        talk = through(house, wire, relay)
        calling = group.create_task(run_until_torn(talk))
        talk.call_id = await house.begun(title=talk.title)
        await talk.is_heard()
        relay.stop()
        yield talk
        relay.tear()
        calling.cancel()


# Asterisk's silence means nothing; whether it is there is asked by WebSocket pings, which take 40 s to give up.
STALLING_WIRES = tuple(wire for wire in STREAM_WIRES if wire.name != "asterisk")


@over(*STALLING_WIRES)
async def test_a_far_side_that_is_gone_without_a_word_ends_its_call_as_stalled(
    wire: FaultWire,
) -> None:
    async with (
        fault_house(stall_ms=STALL_MS) as house,
        undisturbed(house),
        cut_off(house, wire) as talk,
    ):
        ended = await talk.ended()

    assert (ended.reason, ended.detail) == (
        EndReason.STALLED,
        f"nothing arrived for {STALL_MS} ms",
    )
    assert ended.duration_ms >= WORDS_MS
    assert talk.kept() == talk.sound[: 16 * ended.duration_ms]


@over(*STALLING_WIRES)
async def test_speaking_to_a_far_side_that_is_gone_ends_and_disturbs_nobody(
    wire: FaultWire,
) -> None:
    async with (
        fault_house(stall_ms=STALL_MS) as house,
        undisturbed(house),
        cut_off(house, wire) as talk,
    ):
        with suppress(NotFound, Refused):
            async with asyncio.timeout(20):
                await house.switchboard.play(talk.call_id, LONG_SPEECH)
        ended = await talk.ended()

    assert ended.reason is EndReason.STALLED


class Dying(Pacer):
    """A telephone that is well for half a second, and then sends nothing for ever."""

    async def due(self, position_s: float) -> None:
        await super().due(position_s)
        if position_s >= 0.5:
            await asyncio.Event().wait()


# A recording session may fall silent for minutes while its telephone call goes on.
@over(*(wire for wire in DATAGRAM_WIRES if wire.name != "siprec"))
async def test_a_telephone_whose_packets_and_reports_stop_is_given_up(wire: FaultWire) -> None:
    async with (
        fault_house(stall_ms=STALL_MS) as house,
        undisturbed(house),
        asyncio.TaskGroup() as group,
    ):
        call = wire.new_call(house, "dying", pacer=Dying())
        calling = group.create_task(call.run(Mouth(sample_rate_hz=8_000)))
        ended = await house.ended(await house.begun(title="dying"))
        calling.cancel()

    assert ended.reason in (EndReason.STALLED, EndReason.VANISHED)
