"""Many calls are placed, and each is counted where it belongs."""

import asyncio

from domain.errors import ContactCentreError, InputError, Refused
from media_gateway.client.farewell import Farewell
from media_gateway.client.load_run import run_load
from media_gateway.client.mouth import Mouth, Source

HUNG_UP = Farewell(said_goodbye=True, reason="", sent_samples=160, by_server=False)
THROWN_OUT = Farewell(said_goodbye=False, reason="stalled", sent_samples=80, by_server=True)
FULL = Refused("call.server_full", "no place")
NOBODY = InputError("call.unreachable", "nobody answers")


class ScriptedCall:
    """Ends as it was told to."""

    def __init__(self, end: Farewell | ContactCentreError, *, in_a_group: bool = False) -> None:
        self._end = end
        self._in_a_group = in_a_group

    async def run(self, source: Source) -> Farewell:
        await asyncio.sleep(0)
        if isinstance(self._end, Farewell):
            return self._end
        if self._in_a_group:
            raise ExceptionGroup("tasks", [ExceptionGroup("inner", [self._end])])
        raise self._end

    async def press(self, key: str) -> None: ...
    def hang_up(self) -> None: ...


def a_mouth() -> Mouth:
    return Mouth(sample_rate_hz=8_000)


async def test_calls_are_counted_by_how_they_ended() -> None:
    calls = [
        ScriptedCall(HUNG_UP),
        ScriptedCall(THROWN_OUT),
        ScriptedCall(THROWN_OUT),
        ScriptedCall(FULL),
        ScriptedCall(NOBODY, in_a_group=True),
        ScriptedCall(HUNG_UP),
    ]

    report = await run_load(calls.__getitem__, a_mouth, count=6, spread_s=0.01)

    assert (report.count, report.connected, report.ended_well, report.refused) == (6, 4, 2, 1)
    assert dict(report.ended_by_product) == {"stalled": 2}
    assert dict(report.failed) == {"nobody answers": 1}
    assert report.sent_samples == 480
    assert not report.is_good


async def test_a_run_in_which_every_call_ended_well_is_good() -> None:
    report = await run_load(lambda _: ScriptedCall(HUNG_UP), a_mouth, count=3, spread_s=0)

    assert report.is_good
