"""Open the door `/wire/audio-fork` to telephone systems that fork sound over a WebSocket."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from domain.call import EndReason
from domain.errors import InputError, NotFound, Refused
from domain.origin import is_ours
from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.offer import CallOffer
from media_gateway.session import CallSession
from media_gateway.wires import audio_fork

log = logging.getLogger(__name__)

AUDIO_FORK_PATH = "/wire/audio-fork"

# RFC 6455 7.4.1 and the IANA registry: what our reasons are called on the wire.
CLOSE_CODES = {
    EndReason.HUNG_UP: 1000,
    EndReason.WE_HUNG_UP: 1000,
    EndReason.STALLED: 1008,
    EndReason.FLOODED: 1008,
    EndReason.BAD_WIRE: 1003,
    EndReason.VANISHED: 1001,
    EndReason.DRAINED: 1012,
    EndReason.FAILED: 1011,
}
NO_STATUS = 1005
GOODBYES: Mapping[int | None, EndReason] = {
    1000: EndReason.HUNG_UP,
    1001: EndReason.HUNG_UP,
    1002: EndReason.BAD_WIRE,
    1003: EndReason.BAD_WIRE,
    1007: EndReason.BAD_WIRE,
    1009: EndReason.BAD_WIRE,
    1012: EndReason.DRAINED,  # the server under us is shutting down
}
REASON_BYTES = 123  # all that fits into a close frame


def wire_routes(gateway: MediaGateway) -> list[BaseRoute]:
    """The room's routes, for the caretaker to mount."""
    return [WebSocketRoute(AUDIO_FORK_PATH, audio_fork_endpoint(gateway))]


def audio_fork_endpoint(gateway: MediaGateway) -> Callable[[WebSocket], Awaitable[None]]:
    """One WebSocket, one call."""

    async def audio_fork_socket(websocket: WebSocket) -> None:
        if not is_ours(websocket.headers.get("origin"), websocket.headers.get("host")):
            gateway.note_refusal("audio_fork", "a page of another site asked for the wire")
            await websocket.send_denial_response(
                PlainTextResponse("pages of other sites may not bring calls", status_code=403)
            )
            return
        try:
            with gateway.place():
                await _serve(gateway, websocket)
        except Refused as refusal:
            await websocket.send_denial_response(
                PlainTextResponse(refusal.message, status_code=503, headers={"Retry-After": "30"})
            )

    return audio_fork_socket


async def _serve(gateway: MediaGateway, websocket: WebSocket) -> None:
    dialect = audio_fork.choose_dialect(websocket.scope["subprotocols"])
    await websocket.accept(subprotocol=dialect.subprotocol)
    wire = AudioForkSocket(websocket, dialect, send_ms=gateway.settings.send_ms)
    try:
        offer = await wire.opening(gateway.settings.opening_ms)
    except InputError as error:
        gateway.note_refusal(dialect.wire, error.message)
        await wire.close(Ending(reason=EndReason.BAD_WIRE, detail=error.message))
    else:
        await gateway.take(offer, wire, wire.read)


class AudioForkSocket:
    """A ``FarSide`` that speaks audio_fork over one accepted WebSocket."""

    def __init__(self, websocket: WebSocket, dialect: audio_fork.Dialect, *, send_ms: int) -> None:
        self._websocket = websocket
        self._dialect = dialect
        self._send_s = send_ms / 1000

    @property
    def wire(self) -> str:
        return self._dialect.wire

    @property
    def reports_played(self) -> bool:
        return self._dialect.reports_played

    @property
    def max_play_bytes(self) -> int:
        return self._dialect.max_play_bytes

    async def opening(self, wait_ms: int) -> CallOffer:
        """Read the metadata. Raises InputError when something else comes first, or nothing in time."""
        try:
            async with asyncio.timeout(wait_ms / 1000):
                message = await self._websocket.receive()
        except TimeoutError:
            message = {}
        text = message.get("text")
        if text is None:
            raise InputError(
                "media_gateway.opening", "expected metadata as a JSON text first, got none"
            )
        return audio_fork.parse_opening(text, self._websocket.query_params)

    async def read(self, call: CallSession) -> Ending:
        """Drain the socket until the call ends; nothing else may hold this loop."""
        with suppress(NotFound):  # a far side that is gone already is noticed below
            await self._send(audio_fork.call_named(call.call_id))
        receive = self._websocket.receive
        while True:
            message = await receive()
            sound = message.get("bytes")
            if sound:
                call.hear(sound)
            elif sound is not None:
                return Ending(reason=EndReason.HUNG_UP)
            elif (text := message.get("text")) is not None:
                self._understand(text, call)
            else:
                return _goodbye(message)

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        await self._send(audio_fork.play_audio(pcm, sample_rate_hz=sample_rate_hz, play_id=play_id))

    async def stop_playing(self) -> None:
        await self._send(audio_fork.kill_audio())

    async def hang_up(self) -> None:
        await self._send(audio_fork.disconnect())

    async def close(self, ending: Ending) -> None:
        if self._websocket.client_state is WebSocketState.DISCONNECTED:
            return
        sentence = f"{ending.reason}: {ending.detail}" if ending.detail else ending.reason
        reason = sentence.encode()[:REASON_BYTES].decode(errors="ignore")
        try:
            async with asyncio.timeout(self._send_s):
                await self._websocket.close(CLOSE_CODES[ending.reason], reason)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            log.debug("a wire was gone before our goodbye")

    def _understand(self, text: str, call: CallSession) -> None:
        call.note_text()
        match audio_fork.parse_text(text):
            case audio_fork.KeyOnWire(key=key):
                call.press(key)
            case audio_fork.Played(play_id=play_id):
                call.played(play_id)
            case audio_fork.Unknown():
                log.debug("a text on the wire meant nothing to us", extra={"call_id": call.call_id})

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(self._send_s):
                await self._websocket.send_text(text)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            raise NotFound(
                "media_gateway.far_side_gone", "nobody takes what we send: the far side is gone"
            ) from None


def _goodbye(message: Message) -> Ending:
    """Tell a goodbye from a broken connection: both may be 1005, only a close frame brings a reason, if an empty one."""
    code = message.get("code")
    said_goodbye = code == NO_STATUS and message.get("reason") is not None
    reason = EndReason.HUNG_UP if said_goodbye else GOODBYES.get(code, EndReason.VANISHED)
    if reason is EndReason.HUNG_UP:
        return Ending(reason=reason)
    return Ending(reason=reason, detail=f"the wire closed with code {code}")
