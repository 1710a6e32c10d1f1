"""Open a WebSocket to an ASGI application as a browser would, one that can also stop taking messages."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import ASGIApp, Message

PATIENCE_S = 5


class Browser:
    """One line. ``code`` is how the server closed it, None while it is open."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.takes = asyncio.Event()
        self.takes.set()
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=10_000)
        self._said: asyncio.Queue[Message] = asyncio.Queue(maxsize=10)
        self._said.put_nowait({"type": "websocket.connect"})
        self._ended = asyncio.Event()

    async def hear(self, *types: str) -> dict[str, Any]:
        """The next message, or the next of these types."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await self._heard.get()
                if not types or message["type"] in types:
                    return message

    def waiting(self) -> int:
        return self._heard.qsize()

    async def leave(self) -> None:
        await self._said.put({"type": "websocket.disconnect", "code": 1001})

    async def say(self, text: str) -> None:
        await self._said.put({"type": "websocket.receive", "text": text})

    async def ended(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self._ended.wait()

    async def run(self, app: ASGIApp, scope: Message) -> None:
        await app(scope, self._said.get, self._send)
        self._ended.set()

    async def _send(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            await self.takes.wait()
            await self._heard.put(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.code = message["code"]


@asynccontextmanager
async def a_browser(
    app: ASGIApp, path: str, query: str = "", *, origin: str | None = None
) -> AsyncIterator[Browser]:
    """Connected while the block runs; it leaves at the end."""
    headers = [(b"host", b"desk.example")] + ([(b"origin", origin.encode())] if origin else [])
    scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": headers,
        "scheme": "ws",
        "subprotocols": [],
        "server": ("desk.example", 80),
        "client": ("127.0.0.1", 1),
    }
    browser = Browser()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(browser.run(app, scope))
        try:
            yield browser
        finally:
            browser.takes.set()
            await browser.leave()
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.wait([running])
