"""Hold one peer connection: answer its offer, tell when it is over, and leave nothing behind."""

import asyncio
import logging
from collections.abc import Callable

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpReceiveParameters

from domain.call import EndReason
from domain.errors import InputError
from media_gateway.ending import Ending
from media_gateway.webrtc.counters import WebRtcCounters
from media_gateway.webrtc.ear import Ear
from media_gateway.webrtc.mouth_track import MouthTrack
from media_gateway.webrtc.settings import WebRtcSettings
from media_gateway.wires import whip

log = logging.getLogger(__name__)

# What aiortc 1.16 raises on descriptions that it cannot follow; it has no exception of its own for them.
TROUBLES = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,  # a StopIteration inside a coroutine (PEP 479)
    InternalError,
    InvalidAccessError,
    InvalidStateError,
    OperationError,
)
GOODBYE_S = 0.05  # for a last text to leave before the connection is closed


class Peer:
    """``on_over`` hears once why the connection ended, ``on_text`` each message of the channel ``keys``."""

    def __init__(
        self,
        *,
        track: MouthTrack,
        ear: Ear,
        settings: WebRtcSettings,
        counters: WebRtcCounters,
        on_connected: Callable[[], None],
        on_over: Callable[[Ending], None],
        on_text: Callable[[object], None],
    ) -> None:
        self._ear = ear
        self._settings = settings
        self._counters = counters
        self._on_connected = on_connected
        self._on_over = on_over
        self._on_text = on_text
        self._channel: RTCDataChannel | None = None
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=_ice_servers(settings)))
        self._audio = self._connection.addTransceiver(track, direction="sendrecv")
        capabilities = RTCRtpReceiver.getCapabilities("audio")
        if capabilities is not None:
            opus = [codec for codec in capabilities.codecs if codec.mimeType == "audio/opus"]
            self._audio.setCodecPreferences(opus)
        self._connection.on("connectionstatechange", self._note_state)
        self._connection.on("datachannel", self._take_channel)

    async def answer(self, sdp: str) -> str:
        """Our answer with all our addresses. Raises InputError when we cannot follow the offer."""
        offered = whip.read_offer(sdp)
        self._listen_with(offered)
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            self._leave_out_others()
            await self._connection.setLocalDescription()
        except TROUBLES as error:
            log.info("an offer could not be followed", extra={"error": str(error)})
            raise InputError(
                "media_gateway.offer", "expected an offer we can follow, got one we cannot"
            ) from None
        return whip.with_keys(self._connection.localDescription.sdp, offered)

    async def send_report(self) -> None:
        """Tell the browser how it is heard."""
        report = self._ear.report(self._audio.sender._ssrc)
        if report is not None:
            try:
                await self._audio.receiver.transport._send_rtp(report)
            except ConnectionError:
                log.debug("a connection was gone before our report")

    async def say_goodbye(self, text: str) -> None:
        """A last text on the channel, if there is one; then close."""
        if self._channel is not None and self._channel.readyState == "open":
            self._channel.send(text)
            await asyncio.sleep(GOODBYE_S)

    async def close(self) -> None:
        """Free everything. Never raises; twice is fine."""
        self._connection.remove_listener("connectionstatechange", self._note_state)
        try:
            async with asyncio.timeout(self._settings.close_ms / 1000):
                await self._connection.close()
        except TimeoutError:
            self._counters.slow_closings += 1
            log.warning("a peer connection took too long to close")
        except TROUBLES as error:  # half built when its offer was refused
            self._counters.slow_closings += 1
            log.warning("a peer connection could not be closed", extra={"error": str(error)})

    def _listen_with(self, offered: whip.OfferedAudio) -> None:
        """Put our ear in the place of aiortc's receiver when the connection stands."""
        transceiver = self._audio
        keys = [
            RTCRtpCodecParameters("audio/telephone-event", clockRate=rate, payloadType=kind)
            for kind, rate in offered.event_types.items()
        ]
        self._ear.expect(offered.event_types)
        is_listening = False

        async def receive(parameters: RTCRtpReceiveParameters) -> None:
            nonlocal is_listening
            if not is_listening:
                is_listening = True
                parameters.codecs = [*parameters.codecs, *keys]
                transceiver.receiver.transport._register_rtp_receiver(self._ear, parameters)

        transceiver.receiver.receive = receive  # type: ignore[method-assign]

    def _leave_out_others(self) -> None:
        """Pictures and second microphones are answered inactive: nobody would drain them."""
        for transceiver in self._connection.getTransceivers():
            if transceiver is not self._audio:
                transceiver.direction = "inactive"

    def _note_state(self) -> None:
        match self._connection.connectionState:
            case "connected":
                self._on_connected()
            case "failed":
                detail = "the connection to the browser broke or was never made"
                self._on_over(Ending(reason=EndReason.VANISHED, detail=detail))
            case "closed":
                self._on_over(Ending(reason=EndReason.HUNG_UP))

    def _take_channel(self, channel: RTCDataChannel) -> None:
        if channel.label == whip.KEYS_CHANNEL:
            self._channel = channel
            channel.on("message", self._on_text)


def _ice_servers(settings: WebRtcSettings) -> list[RTCIceServer]:
    return [
        RTCIceServer(urls=server.url, username=server.username, credential=server.credential)
        for server in settings.ice_servers
    ]
