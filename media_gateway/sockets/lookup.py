"""Tell the telephone system, or whoever attaches it, what we call a call that it knows by its own name."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from media_gateway.gateway import MediaGateway

LOOKUP_PATH = "/wire/calls"


def routes(gateway: MediaGateway) -> list[BaseRoute]:
    async def lookup(request: Request) -> JSONResponse:
        wire = request.query_params.get("wire", "")
        wire_call_id = request.query_params.get("wire_call_id", "")
        call_id = gateway.find(wire, wire_call_id)
        if call_id is None:
            message = "no call of that name has come on that wire lately; expected ?wire=NAME&wire_call_id=ID"
            error = {"code": "media_gateway.no_such_call", "message": message}
            return JSONResponse({"error": error}, status_code=404)
        return JSONResponse({"call_id": call_id})

    return [Route(LOOKUP_PATH, lookup)]
