"""Carry wishes for a call in progress over HTTP: hold, resume, how a supervisor listens, hang up."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from domain.audio import Leg
from domain.errors import InputError, NotFound
from domain.ids import CallId
from media_gateway.conference import Standing
from media_gateway.live_calls import Switchboard
from media_gateway.sockets.http_door import guarded

CALL_PATH = "/wire/calls/{call_id}"
LEG_PATH = CALL_PATH + "/legs/{leg}"
MOST_BODY_BYTES = 1_024
BODY_S = 5.0

Wish = Callable[[Request], Awaitable[None]]


def routes(switchboard: Switchboard) -> list[BaseRoute]:
    """Every wish is a POST and answers with the legs as they are afterwards, as the GET does."""
    desk = ControlDesk(switchboard)
    wishes: tuple[tuple[str, Wish], ...] = (
        (f"{LEG_PATH}/hold", desk.hold),
        (f"{LEG_PATH}/resume", desk.resume),
        (f"{LEG_PATH}/mode", desk.set_mode),
        (f"{LEG_PATH}/hang-up", desk.leave),
        (f"{CALL_PATH}/hang-up", desk.hang_up),
    )
    return [
        Route(f"{CALL_PATH}/legs", desk.answering(desk.look)),
        *(Route(path, desk.answering(wish), methods=["POST"]) for path, wish in wishes),
    ]


class ControlDesk:
    """The HTTP side of the switchboard."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._calls = switchboard

    def answering(self, wish: Wish) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            await wish(request)
            return JSONResponse({"legs": self._legs(_call_id(request))})

        return guarded(answer, refused_status=409)

    async def look(self, request: Request) -> None:
        """Nothing is wished."""
        self._calls.standings(_call_id(request))

    async def hold(self, request: Request) -> None:
        self._calls.hold(_call_id(request), _leg(request))

    async def resume(self, request: Request) -> None:
        self._calls.resume(_call_id(request), _leg(request))

    async def set_mode(self, request: Request) -> None:
        self._calls.set_mode(_call_id(request), _leg(request), await _mode(request))

    async def leave(self, request: Request) -> None:
        await self._calls.leave(_call_id(request), _leg(request))

    async def hang_up(self, request: Request) -> None:
        await self._calls.hang_up(_call_id(request))

    def _legs(self, call_id: CallId) -> list[dict[str, object]]:
        """Empty when the call has just ended."""
        if self._calls.live(call_id) is None:
            return []
        return [shape for line in self._calls.standings(call_id) for shape in _shapes(line)]


def _shapes(line: Standing) -> list[dict[str, object]]:
    """The legs of one wire are held and hung up together: ``with`` names the others."""
    return [
        {
            "leg": leg,
            "with": [other for other in line.legs if other is not leg],
            "two_way": line.is_two_way,
            "held": line.is_held,
            "mode": line.mode,
        }
        for leg in line.legs
    ]


def _call_id(request: Request) -> CallId:
    return CallId(request.path_params["call_id"])


def _leg(request: Request) -> Leg:
    name = request.path_params["leg"]
    try:
        return Leg(name)
    except ValueError:
        raise NotFound(
            "media_gateway.no_such_leg", f"expected one of {', '.join(Leg)}, got {name[:20]!r}"
        ) from None


async def _mode(request: Request) -> str:
    """Raises InputError when the body is too long, too slow or does not name one."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for piece in request.stream():
                body += piece
                if len(body) > MOST_BODY_BYTES:
                    break
        said = json.loads(body[:MOST_BODY_BYTES])
    except (TimeoutError, ClientDisconnect, ValueError, RecursionError):
        said = None
    mode = said.get("mode") if isinstance(said, dict) else None
    if not isinstance(mode, str):
        raise InputError(
            "media_gateway.mode",
            'expected a body like {"mode": "listen"}, or whisper or barge; got none',
        )
    return mode[:20]
