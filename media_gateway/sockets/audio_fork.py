"""Open the door `/wire/audio-fork` to FreeSWITCH mod_audio_fork and jambonz `listen`."""

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
from media_gateway.wires import audio_fork

AUDIO_FORK_PATH = "/wire/audio-fork"


def routes(gateway: MediaGateway) -> list[BaseRoute]:
    return [WebSocketRoute(AUDIO_FORK_PATH, endpoint(gateway, "audio_fork", _serve))]


async def _serve(gateway: MediaGateway, websocket: WebSocket) -> None:
    dialect = audio_fork.choose_dialect(websocket.scope["subprotocols"])
    await websocket.accept(subprotocol=dialect.subprotocol)
    wire = AudioForkSocket(websocket, dialect, send_ms=gateway.settings.send_ms)
    offer = await offered(gateway, wire)
    if offer is not None:
        await gateway.take(offer, wire, wire.read)


class AudioForkSocket:
    """A ``FarSide`` that speaks audio_fork over one accepted WebSocket."""

    def __init__(self, websocket: WebSocket, dialect: audio_fork.Dialect, *, send_ms: int) -> None:
        self._websocket = websocket
        self._dialect = dialect
        self._send_ms = send_ms

    @property
    def wire(self) -> str:
        return self._dialect.wire

    @property
    def reports_played(self) -> bool:
        return self._dialect.reports_played

    @property
    def max_play_bytes(self) -> int:
        return self._dialect.max_play_bytes

    @property
    def mouthpiece(self) -> Mouthpiece | None:
        return None

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

    async def read(self, line: Line) -> Ending:
        """Say what we call the call, then hear it to its end."""
        with suppress(NotFound):  # a far side that is gone already is noticed below
            await self._send(audio_fork.call_named(line.call_id))
        return await heard_to_its_end(self._websocket, line, audio_fork.parse_text)

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        await self._send(audio_fork.play_audio(pcm, sample_rate_hz=sample_rate_hz, play_id=play_id))

    async def stop_playing(self) -> None:
        await self._send(audio_fork.kill_audio())

    async def hang_up(self) -> None:
        await self._send(audio_fork.disconnect())

    async def close(self, ending: Ending) -> None:
        await close_with(self._websocket, ending, send_ms=self._send_ms)

    async def _send(self, text: str) -> None:
        await send_text(self._websocket, text, send_ms=self._send_ms)
