"""Open the door `/wire/audiosocket/legs`: who dials tells what the UUID of a connection will stand for."""

from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from domain.audio import Leg
from domain.call import Direction
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.audiosocket.expected_legs import ExpectedLeg, ExpectedLegs
from media_gateway.sockets.http_door import guarded, short_body

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
    async def tell(request: Request) -> Response:
        leg = parse_leg(await short_body(request, MOST_BODY_BYTES)).expected()
        legs.expect(leg)
        return JSONResponse({"uuid": str(leg.uuid), "leg": leg.leg}, status_code=201)

    return [Route(LEGS_PATH, guarded(tell), methods=["POST"])]


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
