"""Open the door `/wire/asterisk` to Asterisk channels that dial us: ``Dial(WebSocket/connection/c(ulaw)v(…))``."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.sockets.asterisk_far_side import WIRE, AsteriskFarSide, Pipe
from media_gateway.sockets.closing import close_with, goodbye, send_bytes, send_text
from media_gateway.sockets.guest import endpoint, offered
from media_gateway.sockets.outgoing import Message
from media_gateway.sockets.reading import drain
from media_gateway.wires.asterisk_media import SUBPROTOCOL

ASTERISK_PATH = "/wire/asterisk"


def routes(gateway: MediaGateway) -> list[BaseRoute]:
    return [WebSocketRoute(ASTERISK_PATH, endpoint(gateway, WIRE, _serve))]


async def _serve(gateway: MediaGateway, websocket: WebSocket) -> None:
    offered = websocket.scope["subprotocols"]
    await websocket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
    pipe = GuestPipe(websocket, send_ms=gateway.settings.send_ms)
    await live(gateway, pipe, websocket.query_params)


async def live(gateway: MediaGateway, pipe: Pipe, hints: Mapping[str, str]) -> None:
    """Live one connection to its end. A second one with the same ``call`` joins the first's conversation."""
    wire = AsteriskFarSide(
        pipe,
        hints=hints,
        metronome=gateway.metronome,
        play_grace_ms=gateway.settings.play_grace_ms,
    )
    offer = await offered(gateway, wire)
    if offer is None:
        return
    if "call" in hints:
        offer = replace(offer, joins=gateway.find(WIRE, hints["call"]))
    await gateway.take(offer, wire, wire.read)


class GuestPipe:
    """A ``Pipe`` that Asterisk opened to us."""

    def __init__(self, websocket: WebSocket, *, send_ms: int) -> None:
        self._websocket = websocket
        self._send_ms = send_ms

    async def receive(self) -> Message | None:
        message = await self._websocket.receive()
        sound: bytes | None = message.get("bytes")
        text: str | None = message.get("text")
        return text if sound is None else sound

    async def drain(self, take: Callable[[Message], None]) -> Ending:
        return goodbye(await drain(self._websocket, take))

    async def send(self, message: Message) -> None:
        if isinstance(message, str):
            await send_text(self._websocket, message, send_ms=self._send_ms)
        else:
            await send_bytes(self._websocket, message, send_ms=self._send_ms)

    async def close(self, ending: Ending) -> None:
        await close_with(self._websocket, ending, send_ms=self._send_ms)
