"""Let one call live with everything around it faked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from domain.audio import Leg
from domain.call import CallInfo, Direction, EndReason
from domain.events import CallEnded
from domain.ids import CallId
from domain.ports import LegListener
from media_gateway.ending import Ending
from media_gateway.equipment import Equipment
from media_gateway.line import Line
from media_gateway.offer import CallOffer
from media_gateway.session import CallSession
from media_gateway.settings import GatewaySettings
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.far_side import FakeFarSide
from tests.fakes.recording_store import MemoryRecordings

CALL = CallId("call")
HUNG_UP = Ending(reason=EndReason.HUNG_UP)
SECOND = bytes(16_000)


class Stage:
    """A session with everything around it faked; ``live`` runs it with a scripted wire."""

    def __init__(
        self,
        *,
        legs: tuple[Leg, ...] = (Leg.CALLER,),
        listeners: Mapping[str, LegListener] | None = None,
        bus: FakeBus | None = None,
        bot_speaks: bool = False,
        **limits: int,
    ) -> None:
        self.clock = FakeClock()
        self.bus = bus or FakeBus(clock=self.clock)
        self.disk = MemoryRecordings()
        self.far_side = FakeFarSide()
        self.kit = Equipment(
            bus=self.bus,
            recordings=self.disk,
            listeners=listeners or {},
            clock=self.clock,
            settings=GatewaySettings(**limits),
        )
        self.session = CallSession(
            info=CallInfo(call_id=CALL, direction=Direction.INBOUND, wire="fake"),
            equipment=self.kit,
        )
        self.offer = CallOffer(sample_rate_hz=8_000, legs=legs)
        self.bot_speaks = bot_speaks

    async def live(self, script: Callable[[Line], Awaitable[Ending]]) -> None:
        async with asyncio.timeout(5):
            await self.session.run(self.offer, self.far_side, script, bot_speaks=self.bot_speaks)

    @property
    def said(self) -> list[str]:
        return [type(event).__name__ for event in self.bus.said]

    @property
    def ended(self) -> CallEnded:
        return self.bus.of(CallEnded)[0]

    def kept(self, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(CALL, leg)])


async def a_short_call(call: Line) -> Ending:
    call.hear(SECOND)
    return HUNG_UP
