"""Ten times the sound there can be: the call that floods ends with that reason, and no other is touched."""

import asyncio

from domain.call import EndReason
from media_gateway.client.pacing import Pacer
from media_gateway.client.wires import Call
from tests.fakes.sound import noise
from tests.faults.house import FaultHouse, fault_house
from tests.faults.talks import undisturbed
from tests.faults.wires import DATAGRAM_WIRES, STREAM_WIRES, FaultWire, over

MANY_TIMES = 10
MINUTE_MS = 60_000
BURST_MS = 3_500  # above the neighbour's head start


class Fast(Pacer):
    """A telephone whose clock runs ten times too fast."""

    async def due(self, position_s: float) -> None:
        await super().due(position_s / MANY_TIMES)


class Endless:
    """A source that never ends."""

    sample_rate_hz = 8_000
    channels = 1

    def __init__(self) -> None:
        self._words = noise(1_000)

    def take(self, samples: int) -> bytes | None:
        return self._words[: 2 * samples]


async def flooded(house: FaultHouse, call: Call) -> None:
    """Let a call flood until the house ends it."""
    async with asyncio.timeout(20):
        farewell = await call.run(Endless())
    assert farewell.by_server


@over(*STREAM_WIRES)
async def test_a_flood_ends_its_own_call_with_that_reason(wire: FaultWire) -> None:
    async with fault_house(burst_ms=BURST_MS) as house, undisturbed(house):
        await flooded(house, wire.new_call(house, "flood", pacer=Fast()))
        call_id = await house.begun(title="flood")
        ended = await house.ended(call_id)

    assert ended.reason is EndReason.FLOODED
    assert ended.detail is not None
    assert "send it in real time" in ended.detail


@over(*DATAGRAM_WIRES)
async def test_a_flood_of_datagrams_ends_its_own_call_with_that_reason(wire: FaultWire) -> None:
    async with fault_house(burst_ms=BURST_MS) as house, undisturbed(house):
        await flooded(house, wire.new_call(house, "flood", pacer=Fast()))
        call_id = await house.begun(title="flood")
        ended = await house.ended(call_id)

    assert ended.reason is EndReason.FLOODED


async def test_many_floods_at_once_leave_places_for_others() -> None:
    async with fault_house(burst_ms=BURST_MS, max_calls=20) as house, undisturbed(house):
        async with asyncio.TaskGroup() as group:
            for number in range(15):
                call = STREAM_WIRES[number % 2].new_call(house, f"flood {number}", pacer=Fast())
                group.create_task(flooded(house, call))
        for number in range(15):
            ended = await house.ended(await house.begun(title=f"flood {number}"))
            assert ended.reason is EndReason.FLOODED
