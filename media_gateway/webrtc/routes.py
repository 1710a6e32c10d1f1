"""Open the WHIP endpoint (RFC 9725): an offer in, an answer out, a DELETE to leave."""

import asyncio
import hmac
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from domain.errors import ContactCentreError, InputError, NotFound, Refused
from domain.origin import is_ours
from media_gateway.webrtc.service import WebRtcService
from media_gateway.webrtc.settings import IceServer
from media_gateway.wires import whip

RETRY_AFTER_S = "30"


def webrtc_routes(service: WebRtcService) -> list[BaseRoute]:
    """The routes, for the caretaker to mount; other methods are answered 405, also PATCH: we do not trickle (4.3)."""
    door = WhipDoor(service)
    path, session_path = service.settings.whip_path, service.settings.session_path
    return [
        Route(path, door.offer, methods=["POST"]),
        Route(path, door.options, methods=["OPTIONS"]),
        Route(f"{session_path}/{{session_id}}", door.leave, methods=["DELETE"]),
    ]


class WhipDoor:
    """The HTTP side of WHIP."""

    def __init__(self, service: WebRtcService) -> None:
        self._service = service
        self._settings = service.settings

    async def offer(self, request: Request) -> Response:
        """An SDP offer begins a call (RFC 9725 4.2)."""
        refusal = self._check(request) or self._check_content(request)
        if refusal is not None:
            return refusal
        try:
            sdp = await self._body(request)
            session_id, answer = await self._service.admit(sdp, request.query_params)
        except ContactCentreError as error:
            self._service.note_refusal(error)
            return _refused(error)
        headers = {
            "Location": f"{self._settings.session_path}/{session_id}",
            "ETag": f'"{session_id}"',
            "Cache-Control": "no-store",
            whip.CALL_ID_HEADER: answer.call_id,
        }
        response = Response(answer.sdp, HTTPStatus.CREATED, headers, whip.CONTENT_TYPE)
        return self._with_links(response)

    async def options(self, request: Request) -> Response:
        """What is accepted here, and the ICE servers for a client that wants them before its offer (4.6)."""
        refusal = self._check(request)
        if refusal is not None:
            return refusal
        headers = {"Accept-Post": whip.CONTENT_TYPE, "Allow": "OPTIONS, POST"}
        return self._with_links(Response(status_code=HTTPStatus.OK, headers=headers))

    async def leave(self, request: Request) -> Response:
        """The client says goodbye (4.2); once is enough, a second time names nothing."""
        refusal = self._check(request)
        if refusal is not None:
            return refusal
        try:
            self._service.end(request.path_params["session_id"])
        except NotFound as error:
            return _error(HTTPStatus.NOT_FOUND, error.code, error.message)
        return Response(status_code=HTTPStatus.OK)

    def _check(self, request: Request) -> Response | None:
        if not is_ours(request.headers.get("origin"), request.headers.get("host")):
            self._service.note_refusal("a page of another site asked for the wire")
            return _error(
                HTTPStatus.FORBIDDEN,
                "media_gateway.origin",
                "pages of other sites may not bring calls",
            )
        wanted = self._settings.token
        brought = whip.bearer(request.headers.get("authorization")) or ""
        if wanted is None or hmac.compare_digest(wanted.encode(), brought.encode()):
            return None
        self._service.note_refusal("the token was missing or wrong")
        response = _error(
            HTTPStatus.UNAUTHORIZED,
            "media_gateway.token",
            "expected the token of this wire as Bearer, got another or none",
        )
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def _check_content(self, request: Request) -> Response | None:
        if whip.is_sdp(request.headers.get("content-type")):
            return None
        self._service.note_refusal("the content was no SDP")
        response = _error(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "media_gateway.content_type",
            f"expected {whip.CONTENT_TYPE}, got another content type",
        )
        response.headers["Accept-Post"] = whip.CONTENT_TYPE
        return response

    async def _body(self, request: Request) -> str:
        """Raises InputError when it is too long, too slow, cut short or no text."""
        body = bytearray()
        most = self._settings.max_offer_bytes
        try:
            async with asyncio.timeout(self._settings.offer_ms / 1000):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise InputError(
                            "media_gateway.sdp_size", f"expected at most {most} bytes, got more"
                        )
            return body.decode()
        except (TimeoutError, ClientDisconnect, UnicodeDecodeError):
            raise InputError(
                "media_gateway.sdp", "expected a whole SDP offer in time, got something else"
            ) from None

    def _with_links(self, response: Response) -> Response:
        for server in self._settings.ice_servers:
            response.headers.append("Link", _link(server))
        return response


def _refused(error: ContactCentreError) -> Response:
    match error:
        case Refused():
            response = _error(HTTPStatus.SERVICE_UNAVAILABLE, error.code, error.message)
            response.headers["Retry-After"] = RETRY_AFTER_S
            return response
        case NotFound():
            return _error(HTTPStatus.NOT_FOUND, error.code, error.message)
        case InputError(code="media_gateway.sdp_size"):
            return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error.code, error.message)
        case InputError(code="media_gateway.offer"):
            return _error(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, error.message)
        case InputError():
            return _error(HTTPStatus.BAD_REQUEST, error.code, error.message)
        case _:
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR, error.code, error.message)


def _error(status: HTTPStatus, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)


def _link(server: IceServer) -> str:
    """A STUN or TURN server as RFC 9725 4.6 writes it."""
    parts = [f"<{server.url}>", 'rel="ice-server"']
    if server.username is not None and server.credential is not None:
        parts += [
            f'username="{server.username}"',
            f'credential="{server.credential}"',
            'credential-type="password"',
        ]
    return "; ".join(parts)
