"""Speech recognition burns all the CPU it gets, in threads as engines do: calls are still taken off every wire."""

import asyncio
import threading
from collections.abc import AsyncIterator

from domain.audio import Leg, Sound
from domain.call import EndReason
from domain.ids import CallId
from tests.faults.house import fault_house
from tests.faults.talks import talking, undisturbed
from tests.faults.wires import EVERY_WIRE, FaultWire, over


class HoggingEngine:
    """It thinks about every piece for as long as the call lasts, holding the interpreter whenever it can."""

    def __init__(self) -> None:
        self.thoughts = 0

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        is_over = threading.Event()
        try:
            await asyncio.to_thread(self._think, is_over)
        finally:
            is_over.set()

    def _think(self, is_over: threading.Event) -> None:
        while not is_over.is_set():
            self.thoughts += sum(range(5_000)) > 0


# Not WebRTC: its client's DTLS lives in this interpreter as well, and starves beside threads that hold it.
@over(*(wire for wire in EVERY_WIRE if wire.name != "webrtc"))
async def test_an_engine_that_burns_the_cpu_holds_up_no_wire(wire: FaultWire) -> None:
    engine = HoggingEngine()

    async with fault_house(listeners={"asr": engine}) as house:
        async with undisturbed(house), talking(house, wire) as talk:
            await talk.is_heard()
            thoughts = engine.thoughts
            await talk.goes_on()
            thought_meanwhile = engine.thoughts - thoughts
        ended = await talk.ended()

    assert thought_meanwhile > 0
    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
