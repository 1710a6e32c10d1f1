"""Be one browser: a peer connection of our own that a WHIP endpoint lets in."""

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import urljoin

import httpx
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters

from domain.audio import GapCause
from domain.errors import ContactCentreError, InputError, Refused
from domain.ids import CallId
from media_gateway.webrtc.counters import WebRtcCounters
from media_gateway.webrtc.ear import Ear
from media_gateway.webrtc.mouth_track import MouthTrack
from media_gateway.webrtc.opus import FRAME_SAMPLES, SAMPLE_BYTES
from media_gateway.wires import whip

WHIP_PATH = "/whip"
CONNECT_S = 15
CLOSE_S = 3
FRAME_BYTES = FRAME_SAMPLES * SAMPLE_BYTES


class BrowserSeat:
    """One leg. ``over`` is set when the far side ends it; ``farewell`` is then what it said, or empty."""

    def __init__(self, *, hear: Callable[[bytes], None]) -> None:
        self._rest = bytearray()
        self._frames = 0
        self._track = MouthTrack(beats=lambda: self._frames, counters=WebRtcCounters())
        self._ear = Ear(hear=hear, miss=_ignore, press=_ignore_key, counters=WebRtcCounters())
        self._connected = asyncio.Event()
        self._can_press = asyncio.Event()
        self._session_url: str | None = None
        self.over = asyncio.Event()
        self.farewell = ""
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._channel = self._connection.createDataChannel(whip.KEYS_CHANNEL)
        self._channel.on("open", self._can_press.set)
        self._channel.on("message", self._take_text)
        self._connection.on("connectionstatechange", self._note_state)
        self._listen()

    @property
    def session_id(self) -> str | None:
        return self._session_url.rsplit("/", 1)[-1] if self._session_url else None

    async def sit_down(
        self, http: httpx.AsyncClient, url: str, query: Mapping[str, str]
    ) -> CallId | None:
        """Be let in, and return once sound can be sent. Raises InputError or Refused with the server's sentence."""
        await self._connection.setLocalDescription()
        response = await http.post(
            url,
            params=dict(query),
            content=self._connection.localDescription.sdp,
            headers={"Content-Type": whip.CONTENT_TYPE},
        )
        if response.status_code != httpx.codes.CREATED:
            raise _refusal(response)
        self._session_url = urljoin(str(response.url), response.headers["Location"])
        answer = RTCSessionDescription(response.text, "answer")
        await self._connection.setRemoteDescription(answer)
        await self._wait_for_connection(url)
        call_id = response.headers.get(whip.CALL_ID_HEADER)
        return CallId(call_id) if call_id else None

    def say(self, pcm: bytes) -> None:
        """Send 16 kHz mono; what is left of a frame waits for the next."""
        self._rest += pcm
        while len(self._rest) >= FRAME_BYTES:
            self._track.send(bytes(self._rest[:FRAME_BYTES]))
            self._frames += 1
            del self._rest[:FRAME_BYTES]

    def press(self, key: str) -> None:
        if self._channel.readyState == "open":
            self._channel.send(key)

    async def finish_saying(self) -> None:
        """Return when the last frame was handed to the network."""
        if self._rest:
            self.say(bytes(FRAME_BYTES - len(self._rest)))
        await self._track.all_taken()

    async def leave(self, http: httpx.AsyncClient) -> None:
        """Say goodbye as RFC 9725 4.2 wants it, if the far side has not."""
        if self._session_url is not None and not self.over.is_set():
            await http.delete(self._session_url)

    async def close(self) -> None:
        self._connection.remove_listener("connectionstatechange", self._note_state)
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._connection.close()
        except TimeoutError:
            return  # the process is about to end the call anyway

    def _listen(self) -> None:
        transceiver = self._connection.addTransceiver(self._track, direction="sendrecv")
        capabilities = RTCRtpReceiver.getCapabilities("audio")
        if capabilities is not None:
            opus = [codec for codec in capabilities.codecs if codec.mimeType == "audio/opus"]
            transceiver.setCodecPreferences(opus)

        async def receive(parameters: RTCRtpReceiveParameters) -> None:
            transceiver.receiver.transport._register_rtp_receiver(self._ear, parameters)

        transceiver.receiver.receive = receive  # type: ignore[method-assign]

    async def _wait_for_connection(self, url: str) -> None:
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._connected.wait()
                await self._can_press.wait()
        except TimeoutError:
            raise InputError(
                "call.no_media",
                f"{url} answered, but no sound can reach it; check firewall, STUN and TURN",
            ) from None

    def _note_state(self) -> None:
        if self._connection.connectionState == "connected":
            self._connected.set()
        elif self._connection.connectionState in ("failed", "closed"):
            self.over.set()

    def _take_text(self, message: object) -> None:
        if isinstance(message, str) and message.startswith("bye "):
            self.farewell = message.removeprefix("bye ")
            self.over.set()


def _refusal(response: httpx.Response) -> ContactCentreError:
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return Refused("call.server_full", "the server takes no more calls now; try again later")
    try:
        sentence = str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        sentence = "no OpenHotline wire"
    return InputError(
        "call.no_wire", f"{response.url} answered HTTP {response.status_code}: {sentence}"
    )


def _ignore(samples: int, cause: GapCause) -> None:
    """What is missing of what the server says is silence for us."""


def _ignore_key(key: str) -> None:
    """Servers press no keys."""
