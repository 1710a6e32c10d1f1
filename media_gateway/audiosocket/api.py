"""Open the door `/wire/audiosocket/legs`: who dials tells what the UUID of a connection will stand for."""

from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from domain.audio import Leg
from domain.call import Direction
from domain.errors import ContactCentreError, InputError, Refused
from domain.ids import CallId
from domain.origin import is_ours
from media_gateway.audiosocket.expected_legs import ExpectedLeg, ExpectedLegs

LEGS_PATH = "/wire/audiosocket/legs"
MOST_BODY_BYTES = 16 * 1024

Label = Annotated[str, Field(min_length=1, max_length=200)]


class LegTold(BaseModel):
    """The body of a request; what we do not know is left alone."""

    model_config = ConfigDict(extra="ignore")

    uuid: UUID
    leg: Leg = Leg.CALLER
    call: Label | None = None
    bridge: bool | None = None
    direction: Direction = Direction.INBOUND
    caller_number: Label | None = None
    dialled_number: Label | None = None
    title: Label | None = None
    synthetic: bool = False
    call_id: Label | None = None
    campaign_contact: Label | None = None

    def expected(self) -> ExpectedLeg:
        """A leg alone may be joined by others through us; legs of one call hear each other through Asterisk, unless told."""
        return ExpectedLeg(
            uuid=self.uuid,
            leg=self.leg,
            call=self.call,
            is_bridged=self.call is None if self.bridge is None else self.bridge,
            direction=self.direction,
            caller_number=self.caller_number,
            dialled_number=self.dialled_number,
            title=self.title,
            synthetic=self.synthetic,
            call_id=None if self.call_id is None else CallId(self.call_id),
            campaign_contact=self.campaign_contact,
        )


def routes(legs: ExpectedLegs) -> list[BaseRoute]:
    async def tell(request: Request) -> JSONResponse:
        if not is_ours(request.headers.get("origin"), request.headers.get("host")):
            refusal = Refused("media_gateway.origin", "pages of other sites may not tell of legs")
            return _refusal(refusal, 403)
        try:
            leg = parse_leg(await _body(request)).expected()
            legs.expect(leg)
        except InputError as error:
            return _refusal(error, 400)
        except Refused as refusal:
            return _refusal(refusal, 503)
        return JSONResponse({"uuid": str(leg.uuid), "leg": leg.leg}, status_code=201)

    return [Route(LEGS_PATH, tell, methods=["POST"])]


def parse_leg(body: bytes) -> LegTold:
    """Read JSON, or form fields as Asterisk's CURL() posts them. Raises InputError naming the field that is wrong."""
    try:
        if body.lstrip()[:1] == b"{":
            return LegTold.model_validate_json(body)
        return LegTold.model_validate(dict(parse_qsl(body.decode("utf-8", "replace"))))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise InputError(
            "media_gateway.audiosocket_leg",
            f"expected uuid, leg and perhaps call as JSON or form fields, got an unusable {field}: {first['msg']}",
        ) from None


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BODY_BYTES:
                break
    except ClientDisconnect:
        body = b""
    if len(body) > MOST_BODY_BYTES:
        raise InputError(
            "media_gateway.body_size", f"expected at most {MOST_BODY_BYTES} bytes, got more"
        )
    return body


def _refusal(error: ContactCentreError, status: int) -> JSONResponse:
    return JSONResponse(
        {"error": {"code": error.code, "message": error.message}}, status_code=status
    )
