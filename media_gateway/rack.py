"""Put every wire on one gateway: the doors on the HTTP port, and the services that listen or speak beside it."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.routing import BaseRoute

from bus.port import EventBus
from domain.errors import InputError
from domain.ports import Clock
from media_gateway.audiosocket import api as audiosocket_api
from media_gateway.audiosocket.server import AudioSocketServer
from media_gateway.file_wire import api as file_api
from media_gateway.file_wire.service import FileWire
from media_gateway.gateway import MediaGateway
from media_gateway.rtp import fork_wire
from media_gateway.rtp.fork_service import RtpWire
from media_gateway.rtp.ports import RtpPorts
from media_gateway.sip.phone_call import PhoneCalls
from media_gateway.sip.server import SipServer
from media_gateway.sip.sip_line import SipLine
from media_gateway.sip.talk import Studio
from media_gateway.siprec.recording_server import RecordingServer
from media_gateway.sockets import (
    asterisk_dialler,
    asterisk_media,
    audio_fork,
    audio_stream,
    audiohook,
    control,
    lookup,
    twilio,
)
from media_gateway.sockets.asterisk_dialler import AsteriskDialler
from media_gateway.transcript_source import BusTranscripts
from media_gateway.webrtc.routes import webrtc_routes
from media_gateway.webrtc.service import WebRtcService
from media_gateway.wire_settings import WireSettings

Run = Callable[[], Awaitable[None]]


class WireRack:
    """All wires of one gateway. ``services`` run beside the HTTP server until they are cancelled."""

    def __init__(
        self, *, gateway: MediaGateway, bus: EventBus, clock: Clock, settings: WireSettings
    ) -> None:
        self._gateway = gateway
        self._settings = settings
        self._rtp_ports = RtpPorts(settings.rtp)
        self._transcripts = BusTranscripts(bus)
        self._rtp = RtpWire(gateway=gateway, ports=self._rtp_ports)
        self._files = FileWire(gateway=gateway, settings=settings.file)
        self._webrtc = WebRtcService(gateway=gateway, settings=settings.webrtc)
        self._dialler = AsteriskDialler(gateway=gateway, settings=settings.asterisk)
        self._audiosocket = AudioSocketServer(
            gateway=gateway, clock=clock, settings=settings.audiosocket
        )
        self._recording_server = RecordingServer(
            gateway=gateway,
            ports=self._rtp_ports,
            rtp=settings.rtp,
            settings=settings.siprec,
        )
        studio = Studio(gateway=gateway, rtp_ports=self._rtp_ports, rtp_settings=settings.rtp)
        self._sip = self._sip_server(studio)
        self.sip_line = SipLine(server=self._sip, studio=studio)

    @property
    def routes(self) -> list[BaseRoute]:
        """Every wire that comes over HTTP or a WebSocket."""
        gateway, settings = self._gateway, self._settings
        return [
            *audio_fork.routes(gateway),
            *audio_stream.routes(gateway),
            *audiohook.routes(gateway, settings.audiohook, self._transcripts),
            *twilio.routes(gateway, settings.twilio),
            *asterisk_media.routes(gateway),
            *asterisk_dialler.routes(gateway, self._dialler),
            *audiosocket_api.routes(self._audiosocket.legs),
            *fork_wire.routes(self._rtp),
            *file_api.routes(self._files),
            *webrtc_routes(self._webrtc),
            *lookup.routes(gateway),
            *control.routes(gateway.switchboard),
        ]

    @property
    def services(self) -> Mapping[str, Run]:
        """By name, as they are supervised; wires whose port is off are not among them."""
        services: dict[str, Run] = {
            "metronome": self._gateway.metronome.run,
            "transcripts": self._transcripts.run,
            "wire_rtp": self._rtp.run,
            "wire_file": self._files.run,
            "wire_webrtc": self._webrtc.run,
        }
        if self._wants_sip:
            services["wire_sip"] = self._sip.run
        if self._settings.audiosocket.port is not None:
            services["wire_audiosocket"] = self._audiosocket.run
        if self._settings.asterisk.url is not None:
            services["wire_asterisk"] = self._dialler.run
        return services

    @property
    def counters(self) -> Mapping[str, object]:
        """What each wire counts by itself, and the bridges, for metrics."""
        return {
            "audiosocket": self._audiosocket.counters,
            "webrtc": self._webrtc.counters,
            "siprec": self._recording_server.counters,
            "bridge": self._gateway.bridge_counters,
        }

    async def open(self) -> None:
        """Listen on the ports that are set. Raises InputError when one is taken, before anything else has begun."""
        if self._wants_sip:
            await self._open_sip()
        if self._settings.audiosocket.port is not None:
            await self._audiosocket.open()

    @property
    def _wants_sip(self) -> bool:
        sip = self._settings.sip
        return bool(sip.is_on or sip.trunk or sip.registrations)

    async def _open_sip(self) -> None:
        try:
            await self._sip.open()
        except OSError as error:
            raise InputError(
                "media_gateway.port",
                f"cannot listen for SIP on {self._settings.sip.host} ({error.strerror}); choose other ports",
            ) from None

    def _sip_server(self, studio: Studio) -> SipServer:
        settings = self._settings
        phone_calls = PhoneCalls(settings=settings.sip, studio=studio)
        return SipServer(
            settings=settings.sip,
            gateway=self._gateway,
            on_invite=(self._recording_server, phone_calls),
        )
