"""Tell a desk what happens: what it missed first, then the news as they come."""

import asyncio
import logging

from starlette.websockets import WebSocket, WebSocketDisconnect

from bus.port import EventBus, EventLog, Lag
from console.board import CallBoard
from console.news import DESK_KINDS, news
from console.settings import ConsoleSettings
from console.wire import DeskMessage, Heartbeat
from domain.envelope import Envelope
from domain.errors import StorageError
from domain.origin import is_ours

log = logging.getLogger(__name__)

TRY_AGAIN_LATER = 1013
OUR_FAULT = 1011
NOT_ALLOWED = 1008


class DeskSocket:
    """Serves every browser's line; each line holds one listener on the corridor and no queue.

    A browser that is slow to take a message stops only its own listener: facts wait in the log and partials give
    way to newer ones. One that takes longer than ``browser_takes_ms`` is closed with 1013; it comes back with the
    last position it saw and misses nothing.
    """

    def __init__(
        self, *, bus: EventBus, event_log: EventLog, board: CallBoard, settings: ConsoleSettings
    ) -> None:
        self._bus = bus
        self._log = event_log
        self._board = board
        self._settings = settings

    async def serve(self, websocket: WebSocket) -> None:
        """Run one line until the browser leaves, is too slow, or we cannot read our log."""
        after = _position(websocket.query_params.get("after"))
        asks = websocket.headers
        if after is None or not is_ours(asks.get("origin"), asks.get("host")):
            await websocket.close(NOT_ALLOWED)
            return
        await websocket.accept()
        line = _Line(websocket, self._settings.browser_takes_ms / 1000)
        code: int | None = None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._tell(line, after))
                group.create_task(self._beat(line))
                group.create_task(_wait_until_gone(websocket))
        except* WebSocketDisconnect:
            pass
        except* TimeoutError:
            code = TRY_AGAIN_LATER
        except* StorageError as errors:
            code = OUR_FAULT
            log.error("a desk was cut off", extra={"error": str(errors.exceptions[0])})
        if code is not None:
            await line.close(code)

    async def _tell(self, line: "_Line", after: int) -> None:
        async with self._bus.subscribe(*DESK_KINDS, name=None, lag=Lag.LATEST_PER_KEY) as sound:
            last = await self._log.last_position()
            line.position = last if after < 0 else min(after, last)
            await self._replay(line)
            async for envelope in sound:
                if envelope.position is None or envelope.position > line.position:
                    await self._pass_on(line, envelope)

    async def _replay(self, line: "_Line") -> None:
        kinds = [kind.__name__ for kind in DESK_KINDS]
        while missed := await self._log.after(line.position, kinds, self._settings.replay_facts):
            for envelope in missed:
                await self._pass_on(line, envelope)

    async def _pass_on(self, line: "_Line", envelope: Envelope) -> None:
        known = [] if envelope.position is None else await self._board.facts(envelope)
        for message in news(envelope, known):
            await line.send(message)
        line.position = envelope.position or line.position

    async def _beat(self, line: "_Line") -> None:
        while True:
            await asyncio.sleep(self._settings.heartbeat_ms / 1000)
            await line.send(Heartbeat(position=line.position))


class _Line:
    """One browser: how far it was told, and never two messages at once."""

    def __init__(self, websocket: WebSocket, patience_s: float) -> None:
        self.position = 0
        self._websocket = websocket
        self._patience_s = patience_s
        self._one_at_a_time = asyncio.Lock()

    async def send(self, message: DeskMessage) -> None:
        """Raises TimeoutError when the browser does not take it, WebSocketDisconnect when it is gone."""
        async with asyncio.timeout(self._patience_s), self._one_at_a_time:
            await self._websocket.send_text(message.model_dump_json())

    async def close(self, code: int) -> None:
        """Say why, if the browser still listens; it may not, and then the server drops the line."""
        try:
            async with asyncio.timeout(self._patience_s):
                await self._websocket.close(code)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            log.info("a desk was gone before it could be told", extra={"close_code": code})


async def _wait_until_gone(websocket: WebSocket) -> None:
    """Take whatever the browser says, which means nothing, until it leaves."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))


def _position(asked: str | None) -> int | None:
    """-1 for "from now on"; None for what is no position."""
    if asked is None:
        return -1
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
