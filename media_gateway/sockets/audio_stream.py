"""Open the door `/wire/audio-stream` to FreeSWITCH mod_audio_stream."""

import asyncio
from contextlib import suppress

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from domain.errors import InputError, NotFound
from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.line import Line
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.offer import CallOffer
from media_gateway.sockets.closing import close_with, send_text
from media_gateway.sockets.forked import heard_to_its_end
from media_gateway.sockets.guest import endpoint, offered
from media_gateway.wires import audio_fork, audio_stream

AUDIO_STREAM_PATH = "/wire/audio-stream"
WIRE = "mod_audio_stream"


def routes(gateway: MediaGateway) -> list[BaseRoute]:
    return [WebSocketRoute(AUDIO_STREAM_PATH, endpoint(gateway, WIRE, _serve))]


async def _serve(gateway: MediaGateway, websocket: WebSocket) -> None:
    await websocket.accept()
    wire = AudioStreamSocket(websocket, send_ms=gateway.settings.send_ms)
    offer = await offered(gateway, wire)
    if offer is not None:
        await gateway.take(offer, wire, wire.read)


class AudioStreamSocket:
    """A ``FarSide`` that speaks mod_audio_stream over one accepted WebSocket."""

    wire = WIRE
    reports_played = False
    mouthpiece: Mouthpiece | None = None

    def __init__(self, websocket: WebSocket, *, send_ms: int) -> None:
        self._websocket = websocket
        self._dialect = audio_stream.choose_dialect(websocket.query_params)
        self._send_ms = send_ms
        self._early = b""

    @property
    def max_play_bytes(self) -> int:
        return self._dialect.max_play_bytes

    async def opening(self, wait_ms: int) -> CallOffer:
        """Read the metadata, or what of it the address says. Raises InputError when nothing comes in time."""
        try:
            async with asyncio.timeout(wait_ms / 1000):
                message = await self._websocket.receive()
        except TimeoutError:
            message = {}
        text, sound = message.get("text"), message.get("bytes")
        if text is None and not sound:
            raise InputError("media_gateway.opening", "expected metadata or sound, got neither")
        self._early = sound or b""
        return audio_stream.parse_opening(text, self._websocket.query_params)

    async def read(self, line: Line) -> Ending:
        """Say what we call the call, then hear it to its end."""
        with suppress(NotFound):  # a far side that is gone already is noticed below
            await self._send(audio_fork.call_named(line.call_id))
        if self._early:
            line.hear(self._early)
        return await heard_to_its_end(self._websocket, line, audio_stream.parse_text)

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        await self._send(
            audio_stream.play_audio(
                self._dialect, pcm, sample_rate_hz=sample_rate_hz, play_id=play_id
            )
        )

    async def stop_playing(self) -> None:
        await self._send(audio_stream.kill_audio(self._dialect))

    async def hang_up(self) -> None:
        await self._send(audio_fork.disconnect())

    async def close(self, ending: Ending) -> None:
        await close_with(self._websocket, ending, send_ms=self._send_ms)

    async def _send(self, text: str) -> None:
        await send_text(self._websocket, text, send_ms=self._send_ms)
