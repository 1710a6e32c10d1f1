"""Open the door `/wire/rtp`: whoever can send RTP asks for ports here, and ends the call here."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from domain.errors import ContactCentreError, InputError, NotFound, Refused
from domain.ids import CallId
from domain.origin import is_ours
from media_gateway.rtp.fork_call import WIRE, ForkCall
from media_gateway.rtp.fork_request import ForkRequest, parse_request
from media_gateway.rtp.fork_service import RtpWire

RTP_PATH = "/wire/rtp"
LONGEST_BODY = 64 * 1024
STATUS: Mapping[type[ContactCentreError], int] = {InputError: 400, NotFound: 404, Refused: 503}

Answer = Callable[[RtpWire, Request], Awaitable[Response]]


def routes(wire: RtpWire) -> list[BaseRoute]:
    return [
        Route(RTP_PATH, _door(wire, _begin), methods=["POST"]),
        Route(RTP_PATH + "/{call_id}", _door(wire, _end), methods=["DELETE"]),
    ]


def _door(wire: RtpWire, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        if not is_ours(request.headers.get("origin"), request.headers.get("host")):
            return _refusal("media_gateway.origin", "pages of other sites may not bring calls", 403)
        try:
            return await answer(wire, request)
        except ClientDisconnect:
            return Response(status_code=400)
        except ContactCentreError as error:
            wire.gateway.note_refusal(WIRE, error)
            return _refusal(error.code, error.message, STATUS.get(type(error), 500))

    return answered


async def _begin(wire: RtpWire, request: Request) -> Response:
    """201 and where to send each leg, once somebody listens there."""
    asked = parse_request(await _body(request))
    call_id, call = await wire.begin(asked)
    return JSONResponse({"call_id": call_id, "legs": _told(asked, call)}, status_code=201)


async def _end(wire: RtpWire, request: Request) -> Response:
    wire.end(CallId(request.path_params["call_id"]))
    return Response(status_code=204)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise InputError(
                "media_gateway.rtp_request", f"expected at most {LONGEST_BODY} bytes of JSON"
            )
    return bytes(body)


def _told(asked: ForkRequest, call: ForkCall) -> list[dict[str, object]]:
    return [
        {"leg": leg.leg, "host": stream.host, "port": stream.port, "rtcp_port": stream.rtcp_port}
        | ({} if stream.crypto is None else {"crypto": stream.crypto.text})
        for leg, stream in zip(asked.legs, call.streams, strict=True)
    ]


def _refusal(code: str, message: str, status: int) -> JSONResponse:
    headers = {"Retry-After": "30"} if status == 503 else None
    return JSONResponse(
        {"error": {"code": code, "message": message}}, status_code=status, headers=headers
    )
