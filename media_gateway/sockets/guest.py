"""Meet whoever knocks at a WebSocket wire: pages of other sites stay out, and a full house says so."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket

from domain.call import EndReason
from domain.errors import InputError, Refused
from domain.origin import is_ours
from media_gateway.ending import Ending
from media_gateway.far_side import FarSide
from media_gateway.gateway import MediaGateway
from media_gateway.offer import CallOffer

Serve = Callable[[MediaGateway, WebSocket], Awaitable[None]]


def endpoint(
    gateway: MediaGateway, wire: str, serve: Serve
) -> Callable[[WebSocket], Awaitable[None]]:
    """One WebSocket, one line: ``serve`` has a place for it and accepts or denies it."""

    async def socket(websocket: WebSocket) -> None:
        if not is_ours(websocket.headers.get("origin"), websocket.headers.get("host")):
            gateway.note_refusal(wire, "a page of another site asked for the wire")
            await websocket.send_denial_response(
                PlainTextResponse("pages of other sites may not bring calls", status_code=403)
            )
            return
        try:
            with gateway.place():
                await serve(gateway, websocket)
        except Refused as refusal:
            await websocket.send_denial_response(
                PlainTextResponse(refusal.message, status_code=503, headers={"Retry-After": "30"})
            )

    return socket


class Opening(FarSide, Protocol):
    """A wire that says what its call is before the first sound."""

    async def opening(self, wait_ms: int) -> CallOffer:
        """Raises InputError when something else comes first, or nothing in time."""
        ...


async def offered(gateway: MediaGateway, wire: Opening) -> CallOffer | None:
    """What the wire offers; None when it is nothing usable, and the wire has been told so."""
    try:
        return await wire.opening(gateway.settings.opening_ms)
    except InputError as error:
        gateway.note_refusal(wire.wire, error)
        await wire.close(Ending(reason=EndReason.BAD_WIRE, detail=error.message))
        return None
