"""The whole process stands still for a second: calls go on, the metronome skips what it missed and says so."""

import time

from domain.audio import Speech
from domain.call import EndReason
from media_gateway.metronome import BEATS_PER_S
from tests.fakes.sound import tone
from tests.faults.house import fault_house
from tests.faults.talks import talking, undisturbed
from tests.faults.wires import EVERY_WIRE, FaultWire, over

STANDS_STILL_S = 1.0


@over(*EVERY_WIRE)
async def test_a_second_in_which_nothing_ran_costs_no_call_and_no_sound(wire: FaultWire) -> None:
    async with fault_house(stall_ms=3_000) as house:
        async with undisturbed(house), talking(house, wire) as talk:
            await talk.is_heard(500)
            skipped = house.gateway.metronome.skipped
            time.sleep(STANDS_STILL_S)  # noqa: ASYNC251 - that is the fault
            await talk.goes_on(1_000)
            skipped = house.gateway.metronome.skipped - skipped
        ended = await talk.ended()

    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert skipped >= (STANDS_STILL_S - 0.1) * BEATS_PER_S
    assert house.gateway.metronome.failures == 0


async def test_what_we_say_goes_on_after_the_second_and_is_played_to_its_end() -> None:
    wire = next(wire for wire in EVERY_WIRE if wire.name == "audiosocket")

    async with fault_house(stall_ms=3_000) as house:
        async with talking(house, wire) as talk:
            await talk.is_heard(500)
            time.sleep(STANDS_STILL_S)  # noqa: ASYNC251 - that is the fault
            speech = Speech(pcm=tone(400), sample_rate_hz=8_000)
            await house.switchboard.play(talk.call_id, speech)
        ended = await talk.ended()

    assert ended.reason is EndReason.HUNG_UP
