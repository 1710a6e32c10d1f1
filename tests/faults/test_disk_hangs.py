"""The disk hangs or is slow: calls over every wire go on and end at once, and what was not written is marked."""

import asyncio

from domain.audio import GapCause, Leg
from domain.call import EndReason
from domain.ids import CallId
from tests.fakes.gateway import KeepingListener
from tests.fakes.recording_store import MemoryRecordings, MemoryWriter
from tests.faults.house import fault_house
from tests.faults.talks import talking, undisturbed
from tests.faults.wires import AUDIO_FORK, DATAGRAM_WIRES, EVERY_WIRE, FaultWire, over


class SlowRecordings(MemoryRecordings):
    """A disk that takes its time over every write."""

    async def disk(self) -> None:
        await super().disk()
        await asyncio.sleep(0.2)


class DiskHangingForOne(MemoryRecordings):
    """The first call's files lie on a share that has gone; the others' do not."""

    def __init__(self) -> None:
        super().__init__()
        self.unlucky: CallId | None = None

    async def create(self, call_id: CallId, leg: Leg, sample_rate_hz: int) -> MemoryWriter:
        if self.unlucky in (None, call_id):
            self.unlucky = call_id
            await asyncio.Event().wait()
        return await super().create(call_id, leg, sample_rate_hz)


@over(*EVERY_WIRE)
async def test_a_disk_that_hangs_for_one_call_holds_up_no_wire_and_no_other_call(
    wire: FaultWire,
) -> None:
    disk, engine = DiskHangingForOne(), KeepingListener()

    async with fault_house(
        recordings=disk, listeners={"asr": engine}, recorder_close_ms=200, recorder_block_ms=100
    ) as house:
        async with talking(house, wire) as talk:
            await talk.is_heard(300)
            async with undisturbed(house):
                await talk.is_heard()
        ended = await talk.ended()
    marks = house.gaps(talk.call_id, "recorder")

    assert disk.unlucky == talk.call_id
    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert [(mark.cause, mark.start_ms, mark.end_ms) for mark in marks] == [
        (GapCause.DISK, 0, ended.duration_ms)
    ]
    assert engine.heard[talk.call_id, Leg.CALLER].gaps == []


@over(AUDIO_FORK, *DATAGRAM_WIRES[:1])
async def test_a_slow_disk_holds_up_no_wire(wire: FaultWire) -> None:
    disk = SlowRecordings()

    async with fault_house(recordings=disk, recorder_block_ms=500) as house:
        async with undisturbed(house), talking(house, wire) as talk:
            await talk.is_heard()
        ended = await talk.ended()

    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert house.gaps(talk.call_id, "recorder") == []


async def test_a_disk_too_slow_for_the_sound_costs_marked_pieces_and_the_rest_stays_in_its_place() -> (
    None
):
    disk = SlowRecordings()

    async with fault_house(
        recordings=disk, recorder_block_ms=100, recorder_bound_ms=1_000, recorder_close_ms=5_000
    ) as house:
        async with talking(house, AUDIO_FORK) as talk:
            await talk.is_heard()
            await talk.goes_on(500)
        ended = await talk.ended()
    marks = house.gaps(talk.call_id, "recorder")
    kept, sound = talk.kept(), talk.sound

    assert marks
    assert {mark.cause for mark in marks} == {GapCause.DISK}
    assert len(kept) == len(sound) == 16 * ended.duration_ms
    for mark in marks:
        hole = slice(16 * mark.start_ms, 16 * mark.end_ms)
        sound = sound[: hole.start] + bytes(hole.stop - hole.start) + sound[hole.stop :]
    assert kept == sound
