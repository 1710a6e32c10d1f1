"""Put the house's pages, APIs and sockets into one ASGI application."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount, WebSocketRoute

from bus.port import EventBus, EventLog
from console.api import calls_router
from console.api_listing import api_page
from console.board import CallBoard
from console.errors import answer_errors
from console.headers import SafetyHeaders
from console.pages import STATIC, Pages
from console.settings import DEFAULT, ConsoleSettings
from console.shapes import ProblemPage
from console.socket import DeskSocket
from storage.repositories.calls import CallRepository

DESCRIPTION = (
    "Calls, live and ended, with what was said, understood, suggested and decided; search; surveys. "
    "Live news come over the WebSocket /api/desk?after=POSITION; docs/wire has the schema of its messages."
)
Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]


def build_app(
    *,
    calls: CallRepository,
    event_log: EventLog,
    bus: EventBus,
    routers: Sequence[APIRouter] = (),
    routes: Sequence[BaseRoute] = (),
    version: str = "0",
    lifespan: Lifespan | None = None,
    static: Path = STATIC,
    settings: ConsoleSettings = DEFAULT,
) -> FastAPI:
    """``routers`` are the rooms' APIs, ``routes`` whatever else is served, the wires above all."""
    app = FastAPI(
        title="OpenHotline",
        description=DESCRIPTION,
        version=version,
        openapi_url="/api/openapi.json",
        docs_url=None,  # FastAPI's page loads its script from a CDN, and our users have no internet
        redoc_url=None,
        lifespan=lifespan,
        responses={"4XX": {"model": ProblemPage}, "5XX": {"model": ProblemPage}},
    )
    answer_errors(app)
    app.add_middleware(SafetyHeaders)
    for router in (calls_router(calls=calls, event_log=event_log), *routers):
        app.include_router(router)
    board = CallBoard(calls, size=settings.calls_at_hand)
    desk = DeskSocket(bus=bus, event_log=event_log, board=board, settings=settings)
    app.router.routes += [WebSocketRoute("/api/desk", desk.serve), *routes]
    _list_the_api(app)
    app.router.routes.append(Mount("/", Pages(static)))
    return app


def _list_the_api(app: FastAPI) -> None:
    @app.get("/api/docs", include_in_schema=False)
    async def api_docs() -> HTMLResponse:
        return HTMLResponse(api_page(app.openapi()))
