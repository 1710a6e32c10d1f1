"""Run a gateway that speaks SIP on free ports of this machine."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.clock import SystemClock
from domain.ports import LegListener
from media_gateway import GatewaySettings
from media_gateway.rtp.ports import RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.sip.invite_handler import InviteHandler
from media_gateway.sip.phone_call import PhoneCalls
from media_gateway.sip.server import SipServer
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.sip_line import SipLine
from media_gateway.sip.talk import Studio
from tests.fakes.gateway import RunningGateway, running_gateway

RTP = RtpSettings(first_port=0, last_port=0)


@dataclass(slots=True, kw_only=True)
class SipHouse:
    """The gateway, its SIP server and the line it dials on."""

    house: RunningGateway
    server: SipServer
    line: SipLine

    @property
    def address(self) -> str:
        return self.server.address("UDP")


@asynccontextmanager
async def sip_house(
    *,
    settings: SipSettings | None = None,
    gateway_settings: GatewaySettings | None = None,
    listeners: Mapping[str, LegListener] | None = None,
    handlers: Sequence[InviteHandler] = (),
) -> AsyncIterator[SipHouse]:
    async with running_gateway(
        clock=SystemClock(), listeners=listeners, settings=gateway_settings
    ) as house:
        sip = settings or SipSettings(udp_port=0, tcp_port=0)
        studio = Studio(gateway=house.gateway, rtp_ports=RtpPorts(RTP), rtp_settings=RTP)
        server = SipServer(
            settings=sip,
            gateway=house.gateway,
            on_invite=(*handlers, PhoneCalls(settings=sip, studio=studio)),
        )
        await server.open()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(server.run())
            await asyncio.sleep(0)
            try:
                yield SipHouse(
                    house=house, server=server, line=SipLine(server=server, studio=studio)
                )
            finally:
                await house.gateway.drain()
                running.cancel()
