"""Twilio's own library signs a request as Twilio does, and the wire takes it and no other."""

from collections.abc import Sequence

import pytest
from starlette.routing import BaseRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from domain.call import EndReason
from media_gateway import MediaGateway
from media_gateway.sockets import twilio
from media_gateway.twilio_settings import TwilioSettings
from media_gateway.wires.twilio_switch import StreamWriter
from tests.fakes.wire_house import open_house

request_validator = pytest.importorskip(
    "twilio.request_validator", reason="the package twilio is not installed"
)
pytestmark = pytest.mark.stranger

TOKEN = "token-of-the-account"
URL = "wss://hotline.example/wire/twilio"


def doors(gateway: MediaGateway) -> Sequence[BaseRoute]:
    settings = TwilioSettings(auth_token=TOKEN, public_url="wss://hotline.example")
    return twilio.routes(gateway, settings)


async def test_what_twilios_library_signs_gets_in() -> None:
    signed = request_validator.RequestValidator(TOKEN).compute_signature(URL, {})
    forged = request_validator.RequestValidator("another").compute_signature(URL, {})
    writer = StreamWriter(stream_id="MZ1", call_id="CA1")

    async with open_house(doors) as house:
        url = house.socket_address + "/wire/twilio"
        async with connect(url, additional_headers={"X-Twilio-Signature": signed}) as socket:
            await socket.send(writer.start(("inbound",), {}))
            await socket.send(writer.stop())
            ended = await house.ended()
        with pytest.raises(InvalidStatus):
            await connect(url, additional_headers={"X-Twilio-Signature": forged})

    assert ended.reason is EndReason.HUNG_UP
