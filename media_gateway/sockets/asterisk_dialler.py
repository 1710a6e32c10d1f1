"""Fetch calls that wait in Asterisk: it dials ``WebSocket/INCOMING``, tells us the connection's id, and we connect."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from domain.errors import InputError, NotFound, Refused
from media_gateway.asterisk_media_settings import AsteriskMediaSettings
from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.sockets.asterisk_far_side import WIRE
from media_gateway.sockets.asterisk_media import ASTERISK_PATH, live
from media_gateway.sockets.closing import CLOSE_CODES, close_reason, goodbye
from media_gateway.sockets.http_door import guarded, short_body
from media_gateway.sockets.outgoing import Message
from media_gateway.wires.asterisk_media import SUBPROTOCOL

log = logging.getLogger(__name__)

FETCH_PATH = f"{ASTERISK_PATH}/fetch"
# Asterisk makes them of a UUID; nothing in them may lead a request of ours anywhere else.
CONNECTION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")
BODY_BYTES = 4096
LARGEST_MESSAGE_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A channel in Asterisk that waits for us, and what its dial-plan says about it."""

    connection_id: str
    hints: Mapping[str, str]


def routes(gateway: MediaGateway, dialler: "AsteriskDialler") -> list[BaseRoute]:
    async def fetch(request: Request) -> Response:
        dialler.expect(parse_wish(await short_body(request, BODY_BYTES)))
        return JSONResponse({"status": "fetching"}, status_code=202)

    noted = guarded(fetch, on_error=partial(gateway.note_refusal, WIRE))
    return [Route(FETCH_PATH, noted, methods=["POST"])]


def parse_wish(body: bytes) -> Waiting:
    """Read ``{"connection_id": …, "call": …, "leg": …}``. Raises InputError."""
    try:
        wish = json.loads(body)
    except (ValueError, RecursionError):
        wish = None
    connection_id = wish.get("connection_id") if isinstance(wish, dict) else None
    if not isinstance(connection_id, str) or not CONNECTION_ID.fullmatch(connection_id):
        raise InputError(
            "media_gateway.connection_id",
            "expected a JSON object with MEDIA_WEBSOCKET_CONNECTION_ID as connection_id, got something else",
        )
    hints = {name: value for name, value in wish.items() if isinstance(value, str)}
    return Waiting(connection_id=connection_id, hints=hints)


class AsteriskDialler:
    """The other role: we connect to ``/media/<connection id>`` on Asterisk's own HTTP server."""

    def __init__(self, *, gateway: MediaGateway, settings: AsteriskMediaSettings) -> None:
        self._gateway = gateway
        self._settings = settings
        self._wishes: asyncio.Queue[Waiting] = asyncio.Queue(maxsize=settings.waiting)

    def expect(self, waiting: Waiting) -> None:
        """Fetch it soon. Raises Refused when we do not know where Asterisk is, or too many wait."""
        if self._settings.url is None:
            raise Refused(
                "media_gateway.no_asterisk",
                "we were not told where Asterisk is; set its address, or let Asterisk dial us",
            )
        if self._wishes.full():
            raise Refused("media_gateway.full", "too many calls wait to be fetched; try again")
        self._wishes.put_nowait(waiting)

    async def run(self) -> None:
        """Fetch calls until cancelled."""
        async with asyncio.TaskGroup() as calls:
            while True:
                waiting = await self._wishes.get()
                calls.create_task(self._fetch(waiting))

    async def _fetch(self, waiting: Waiting) -> None:
        try:
            with self._gateway.place():
                connection = await self._connected(waiting.connection_id)
                pipe = HostPipe(connection, send_ms=self._gateway.settings.send_ms)
                await live(self._gateway, pipe, waiting.hints)
        except (NotFound, Refused) as trouble:
            self._gateway.note_refusal(WIRE, trouble)

    async def _connected(self, connection_id: str) -> ClientConnection:
        try:
            return await connect(
                f"{self._settings.url}/media/{connection_id}",
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                proxy=None,  # Asterisk is in the house
                open_timeout=self._settings.connect_ms / 1000,
                close_timeout=self._gateway.settings.send_ms / 1000,
                max_size=LARGEST_MESSAGE_BYTES,
                ping_interval=None,  # the line's own watch notices silence
            )
        except (OSError, EOFError, WebSocketException) as error:
            raise NotFound(
                "media_gateway.no_asterisk",
                f"expected Asterisk to take the media WebSocket it announced, got {type(error).__name__}",
            ) from None


class HostPipe:
    """A ``Pipe`` that we opened to Asterisk."""

    def __init__(self, connection: ClientConnection, *, send_ms: int) -> None:
        self._connection = connection
        self._send_s = send_ms / 1000

    async def receive(self) -> Message | None:
        try:
            return await self._connection.recv()
        except ConnectionClosed:
            return None

    async def drain(self, take: Callable[[Message], None]) -> Ending:
        try:
            while True:
                take(await self._connection.recv())
        except ConnectionClosed as closed:
            frame = closed.rcvd
            return goodbye(
                {"type": "websocket.disconnect", "code": frame.code, "reason": frame.reason}
                if frame is not None
                else {"type": "websocket.disconnect", "code": None}
            )

    async def send(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._send_s):
                await self._connection.send(message)
        except (TimeoutError, ConnectionClosed):
            raise NotFound(
                "media_gateway.far_side_gone", "nobody takes what we send: the far side is gone"
            ) from None

    async def close(self, ending: Ending) -> None:
        await self._connection.close(CLOSE_CODES[ending.reason], close_reason(ending))
