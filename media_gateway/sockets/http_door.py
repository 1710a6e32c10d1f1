"""Guard the gateway's HTTP doors: pages of other sites stay out, and every error is one sentence in one shape."""

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from domain.errors import ContactCentreError, InputError, NotFound, Refused
from domain.origin import is_ours

RETRY_AFTER_S = "30"

Answer = Callable[[Request], Awaitable[Response]]


def guarded(
    answer: Answer,
    *,
    refused_status: int = 503,
    on_error: Callable[[ContactCentreError], None] | None = None,
) -> Answer:
    """An endpoint that answers what ``answer`` raises; ``refused_status`` is what a rule's "no" is called here."""

    async def answered(request: Request) -> Response:
        if not is_ours(request.headers.get("origin"), request.headers.get("host")):
            refusal = Refused("media_gateway.origin", "pages of other sites may not touch calls")
            return problem(refusal, 403)
        try:
            return await answer(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except ContactCentreError as error:
            if on_error is not None:
                on_error(error)
            return problem(error, _status(error, refused_status))

    return answered


def problem(error: ContactCentreError, status: int) -> JSONResponse:
    headers = {"Retry-After": RETRY_AFTER_S} if status == 503 else None
    return JSONResponse(
        {"error": {"code": error.code, "message": error.message}},
        status_code=status,
        headers=headers,
    )


async def short_body(request: Request, most_bytes: int) -> bytes:
    """The whole body. Raises InputError when it is longer, ClientDisconnect when it breaks off."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise InputError(
                "media_gateway.body_size", f"expected at most {most_bytes} bytes of JSON, got more"
            )
    return bytes(body)


def _status(error: ContactCentreError, refused_status: int) -> int:
    match error:
        case InputError():
            return 400
        case NotFound():
            return 404
        case Refused():
            return refused_status
        case _:
            return 500
