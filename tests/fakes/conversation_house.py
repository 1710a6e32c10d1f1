"""Run a gateway that takes telephones over SIP and browsers over WebRTC, and whose calls can be wished at over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from app.clock import SystemClock
from domain.audio import AudioGap, Leg
from domain.events import CallStarted, LegJoined
from domain.ids import CallId
from media_gateway import GatewaySettings
from media_gateway.rtp.ports import RtpPorts
from media_gateway.sip.phone_call import PhoneCalls
from media_gateway.sip.server import SipServer
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.talk import Studio
from media_gateway.sockets import audio_fork, control
from media_gateway.webrtc.routes import webrtc_routes
from media_gateway.webrtc.service import WebRtcService
from media_gateway.webrtc.settings import WebRtcSettings
from tests.fakes.bus import FakeBus
from tests.fakes.gateway import KeepingListener, RunningGateway, running_gateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sip_house import RTP
from tests.fakes.wire_doors import served


@dataclass(slots=True, kw_only=True)
class ConversationHouse:
    """What people call, and what it kept of them."""

    http: str
    sip: str
    gateway: RunningGateway
    disk: MemoryRecordings
    listener: KeepingListener

    @property
    def bus(self) -> FakeBus:
        return self.gateway.bus

    async def call_id(self) -> CallId:
        return (await self.bus.until(CallStarted))[0].call_id

    async def wish(self, call_id: CallId, what: str, **body: str) -> httpx.Response:
        """POST a wish such as ``legs/caller/hold``."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.post(f"{self.http}/wire/calls/{call_id}/{what}", json=body)

    def kept(self, call_id: CallId, leg: Leg) -> bytes:
        return bytes(self.disk.sound[self.disk.key(call_id, leg)])

    def rate_hz(self, call_id: CallId, leg: Leg) -> int:
        return self.disk.rates_hz[self.disk.key(call_id, leg)]

    def gaps(self, call_id: CallId, leg: Leg) -> list[AudioGap]:
        return self.listener.heard[call_id, leg].gaps

    def joined_at_ms(self, leg: Leg) -> int:
        """When a leg's first sample was, since the call began."""
        return next(fact for fact in self.bus.of(LegJoined) if fact.leg is leg).joined_at_ms


@asynccontextmanager
async def conversation_house(**limits: int) -> AsyncIterator[ConversationHouse]:
    disk, listener = MemoryRecordings(), KeepingListener()
    async with running_gateway(
        clock=SystemClock(),
        recordings=disk,
        listeners={"asr": listener},
        settings=GatewaySettings(**limits),
    ) as gateway:
        sip = SipSettings(udp_port=0)
        studio = Studio(gateway=gateway.gateway, rtp_ports=RtpPorts(RTP), rtp_settings=RTP)
        phones = SipServer(
            settings=sip,
            gateway=gateway.gateway,
            on_invite=(PhoneCalls(settings=sip, studio=studio),),
        )
        browsers = WebRtcService(gateway=gateway.gateway, settings=WebRtcSettings())
        doors = [
            *webrtc_routes(browsers),
            *control.routes(gateway.switchboard),
            *audio_fork.routes(gateway.gateway),
        ]
        await phones.open()
        async with asyncio.TaskGroup() as group, served(doors) as http:
            running = [group.create_task(each.run()) for each in (phones, browsers)]
            await asyncio.sleep(0)
            try:
                yield ConversationHouse(
                    http=http,
                    sip=phones.address("UDP"),
                    gateway=gateway,
                    disk=disk,
                    listener=listener,
                )
            finally:
                await gateway.gateway.drain()
                for task in running:
                    task.cancel()
