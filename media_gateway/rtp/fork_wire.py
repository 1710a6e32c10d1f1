"""Open the door `/wire/rtp`: whoever can send RTP asks for ports here, and ends the call here."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from domain.ids import CallId
from media_gateway.rtp.fork_call import WIRE, ForkCall
from media_gateway.rtp.fork_request import ForkRequest, parse_request
from media_gateway.rtp.fork_service import RtpWire
from media_gateway.sockets.http_door import guarded, short_body

RTP_PATH = "/wire/rtp"
LONGEST_BODY_BYTES = 64 * 1024


def routes(wire: RtpWire) -> list[BaseRoute]:
    note = partial(wire.gateway.note_refusal, WIRE)
    begin = guarded(partial(_begin, wire), on_error=note)
    end = guarded(partial(_end, wire), on_error=note)
    return [
        Route(RTP_PATH, begin, methods=["POST"]),
        Route(RTP_PATH + "/{call_id}", end, methods=["DELETE"]),
    ]


async def _begin(wire: RtpWire, request: Request) -> Response:
    """201 and where to send each leg, once somebody listens there."""
    asked = parse_request(await short_body(request, LONGEST_BODY_BYTES))
    call_id, call = await wire.begin(asked)
    return JSONResponse({"call_id": call_id, "legs": _told(asked, call)}, status_code=201)


async def _end(wire: RtpWire, request: Request) -> Response:
    wire.end(CallId(request.path_params["call_id"]))
    return Response(status_code=204)


def _told(asked: ForkRequest, call: ForkCall) -> list[dict[str, object]]:
    return [
        {"leg": leg.leg, "host": stream.host, "port": stream.port, "rtcp_port": stream.rtcp_port}
        | ({} if stream.crypto is None else {"crypto": stream.crypto.text})
        for leg, stream in zip(asked.legs, call.streams, strict=True)
    ]
