"""Let only signed AudioHook requests in, before they take a place or cost anything."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket

from domain.errors import InputError
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.gateway import MediaGateway
from media_gateway.wires.audiohook import WIRE
from media_gateway.wires.audiohook_signature import SignatureCheck, UpgradeRequest

log = logging.getLogger(__name__)

Endpoint = Callable[[WebSocket], Awaitable[None]]


class AudioHookDoor:
    """One for the wire: it knows the keys and remembers which nonces were used."""

    def __init__(self, gateway: MediaGateway, settings: AudioHookSettings) -> None:
        self._gateway = gateway
        self._settings = settings
        self._check = SignatureCheck(
            secrets=settings.secrets(),
            age_s=settings.signature_age_s,
            skew_s=settings.clock_skew_s,
            nonces_kept=settings.nonces_kept,
        )

    def guard(self, endpoint: Endpoint) -> Endpoint:
        """An endpoint that whoever has no right to never reaches: they get 401, all after the same time."""

        async def guarded(websocket: WebSocket) -> None:
            began_s = asyncio.get_running_loop().time()
            try:
                self._check.check(
                    request_of(websocket, authority=self._settings.authority),
                    now_s=time.time(),  # signatures are dated by the world's clock
                    is_neighbour=is_neighbour(websocket),
                )
            except InputError as error:
                self._gateway.note_refusal(WIRE, error)
                await self._refuse(websocket, began_s)
            else:
                await endpoint(websocket)

        return guarded

    async def _refuse(self, websocket: WebSocket, began_s: float) -> None:
        passed_s = asyncio.get_running_loop().time() - began_s
        await asyncio.sleep(max(self._settings.refusal_ms / 1000 - passed_s, 0))
        await websocket.send_denial_response(
            PlainTextResponse("this request may not bring calls", status_code=401)
        )


def request_of(websocket: WebSocket, *, authority: str | None = None) -> UpgradeRequest:
    """The request as its sender signed it. Headers that come more than once are one list (RFC 9421 section 2.1)."""
    headers: dict[str, str] = {}
    for name, value in websocket.headers.items():
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    path = websocket.scope.get("raw_path") or websocket.url.path.encode()
    query = websocket.scope.get("query_string") or b""
    target = path.split(b"?")[0] + (b"?" + query if query else b"")
    host = authority or headers.get("host", "")
    return UpgradeRequest(
        target=target.decode("latin-1"),
        authority=host.removesuffix(":443").removesuffix(":80"),
        headers=headers,
    )


def is_neighbour(websocket: WebSocket) -> bool:
    """Whether the request was made on this machine; what a proxy forwards was not."""
    if websocket.client is None or any(
        name in websocket.headers for name in ("forwarded", "x-forwarded-for")
    ):
        return False
    try:
        return ip_address(websocket.client.host).is_loopback
    except ValueError:
        return False
