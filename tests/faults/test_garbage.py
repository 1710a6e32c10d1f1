"""Noise and spoiled messages on every port: each gets its refusal, nothing breaks, and calls go on."""

import logging

import pytest

from domain.call import EndReason
from tests.faults.house import fault_house
from tests.faults.talks import talking, undisturbed
from tests.faults.vandals import EVERYWHERE, Vandal
from tests.faults.wires import EVERY_WIRE


@pytest.mark.parametrize("vandal", EVERYWHERE, ids=lambda vandal: vandal.__name__)
async def test_noise_on_a_port_breaks_nothing_and_no_call(
    vandal: Vandal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async with fault_house(opening_ms=200) as house, undisturbed(house):
        await vandal(house)
    broken = [record for record in caplog.records if record.exc_info]

    assert [record.getMessage() for record in broken] == []


async def test_after_noise_everywhere_every_wire_still_takes_a_call() -> None:
    async with fault_house(opening_ms=200) as house:
        for vandal in EVERYWHERE:
            await vandal(house)
        for wire in EVERY_WIRE:
            async with talking(house, wire, title=wire.name) as talk:
                await talk.is_heard(300)
            ended = await talk.ended()
            assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
