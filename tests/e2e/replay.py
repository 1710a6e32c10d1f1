"""Play the server's part from a script, so that the pages can be tested without any engine."""

import asyncio
import io
import socket
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from console.headers import SafetyHeaders

Message = dict[str, Any]
SILENCE_HZ = 8_000
UNKNOWN_AT_FIRST = (
    "ended_at",
    "end_reason",
    "duration_ms",
    "title",
    "caller_number",
    "language",
    "queue",
    "topic_zh",
    "topic_en",
    "urgency",
)


def a_summary(call_id: str, **changes: object) -> Message:
    blank = dict.fromkeys(UNKNOWN_AT_FIRST)
    known = {"state": "live", "direction": "inbound", "started_at": "2026-01-02T03:04:05Z"}
    return {"call_id": call_id, **blank, **known, "synthetic": True, **changes}


def a_view(call_id: str, **changes: object) -> Message:
    lists = ("legs", "transcript", "languages", "understandings", "suggestions", "ticket_drafts")
    unknown = {"p50": None, "p95": None, "n": 0}
    return {
        **a_summary(call_id),
        "position": 0,
        **{name: [] for name in (*lists, "keys")},
        "routing": None,
        "latency": dict.fromkeys(("first_partial_ms", "final_ms", "card_ms"), unknown),
        "survey": None,
        **changes,
    }


def a_segment(segment_id: str, text: str, **changes: object) -> Message:
    known = {"leg": "caller", "start_ms": 0, "end_ms": 900, "language": "zh", "is_final": True}
    rest = {"revision": 1, "confidence": 0.9, "engine": "replay"}
    return {"segment_id": segment_id, "text": text, **known, **rest, **changes}


def some_silence(duration_ms: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SILENCE_HZ)
        file.writeframes(bytes(2 * SILENCE_HZ * duration_ms // 1000))
    return out.getvalue()


class Replay:
    """A server whose every word the test decides."""

    def __init__(self, pages: Path) -> None:
        self.pages = pages
        self.url = ""
        self.views: dict[str, Message] = {}
        self.campaigns: dict[str, Message] = {}
        self.hits: list[Message] = []
        self.log: list[Message] = []
        self.resumed_after: list[int] = []
        self._desks: set[asyncio.Queue[Message | None]] = set()

    def say(self, kind: str, call_id: str, body: Message, *, fact: bool = True) -> None:
        position = len(self.log) + 1 if fact else None
        message = {"type": kind, "position": position, "call_id": call_id, **body}
        if fact:
            self.log.append(message)
        for desk in self._desks:
            desk.put_nowait(message)

    def drop_everybody(self) -> None:
        for desk in self._desks:
            desk.put_nowait(None)

    async def desk(self, wire: WebSocket) -> None:
        await wire.accept()
        after = int(wire.query_params["after"])
        self.resumed_after.append(after)
        waiting: asyncio.Queue[Message | None] = asyncio.Queue(maxsize=1000)
        self._desks.add(waiting)
        try:
            for message in self.log[after:]:
                await wire.send_json(message)
            while (said := await waiting.get()) is not None:
                await wire.send_json(said)
            await wire.close()
        except WebSocketDisconnect:
            return
        finally:
            self._desks.discard(waiting)

    async def calls(self, request: Request) -> Response:
        names = a_summary("").keys()
        calls = [{name: view[name] for name in names} for view in self.views.values()]
        return JSONResponse({"calls": calls, "position": len(self.log)})

    async def call(self, request: Request) -> Response:
        return JSONResponse(self.views[request.path_params["call_id"]])

    async def recording(self, request: Request) -> Response:
        return Response(some_silence(20_000), media_type="audio/wav")

    async def search(self, request: Request) -> Response:
        return JSONResponse({"total": len(self.hits), "hits": self.hits})

    async def campaign(self, request: Request) -> Response:
        return JSONResponse(self.campaigns[request.path_params["campaign_id"]])

    async def page(self, request: Request) -> Response:
        file = self.pages / request.path_params["path"]
        return FileResponse(file if file.is_file() else self.pages / "index.html")

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                WebSocketRoute("/api/desk", self.desk),
                Route("/api/calls", self.calls),
                Route("/api/calls/{call_id}", self.call),
                Route("/api/calls/{call_id}/recordings/{leg}.wav", self.recording),
                Route("/api/search", self.search),
                Route("/api/campaigns/{campaign_id}", self.campaign),
                Route("/{path:path}", self.page),
            ]
        )


@asynccontextmanager
async def replaying(pages: Path) -> AsyncIterator[Replay]:
    replay = Replay(pages)
    with socket.create_server(("127.0.0.1", 0)) as door:
        replay.url = f"http://127.0.0.1:{door.getsockname()[1]}"
        pages_safely = SafetyHeaders(replay.app())
        config = uvicorn.Config(pages_safely, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[door]))
            try:
                yield replay
            finally:
                replay.drop_everybody()
                server.should_exit = True
