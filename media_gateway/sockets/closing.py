"""Say goodbye over a WebSocket and understand the other side's, and send within bounded time."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from domain.call import EndReason
from domain.errors import NotFound
from media_gateway.ending import Ending

log = logging.getLogger(__name__)

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


def goodbye(message: Message) -> Ending:
    """Tell a goodbye from a broken connection: both may be 1005, only a close frame brings a reason, if an empty one."""
    code = message.get("code")
    said_goodbye = code == NO_STATUS and message.get("reason") is not None
    reason = EndReason.HUNG_UP if said_goodbye else GOODBYES.get(code, EndReason.VANISHED)
    if reason is EndReason.HUNG_UP:
        return Ending(reason=reason)
    return Ending(reason=reason, detail=f"the wire closed with code {code}")


def close_reason(ending: Ending) -> str:
    """The reason code and its sentence, as far as a close frame holds them."""
    sentence = f"{ending.reason}: {ending.detail}" if ending.detail else ending.reason
    return sentence.encode()[:REASON_BYTES].decode(errors="ignore")


async def close_with(websocket: WebSocket, ending: Ending, *, send_ms: int) -> None:
    """Close with the reason and a sentence. Never raises; fine when the far side has gone."""
    if websocket.client_state is WebSocketState.DISCONNECTED:
        return
    try:
        async with asyncio.timeout(send_ms / 1000):
            await websocket.close(CLOSE_CODES[ending.reason], close_reason(ending))
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        log.debug("a wire was gone before our goodbye")


async def send_text(websocket: WebSocket, text: str, *, send_ms: int) -> None:
    """Raises NotFound when nobody takes it in time."""
    await _send(websocket.send_text(text), send_ms)


async def send_bytes(websocket: WebSocket, sound: bytes, *, send_ms: int) -> None:
    """Raises NotFound when nobody takes it in time."""
    await _send(websocket.send_bytes(sound), send_ms)


async def _send(sending: Awaitable[None], send_ms: int) -> None:
    try:
        async with asyncio.timeout(send_ms / 1000):
            await sending
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        raise NotFound(
            "media_gateway.far_side_gone", "nobody takes what we send: the far side is gone"
        ) from None
