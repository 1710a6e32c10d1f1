"""What the telephone system answers is told apart: nobody there, busy, not dialled, or who knows."""

import json

import httpx
import pytest

from domain.errors import ContactCentreError, EngineError, InputError, Refused
from domain.ids import CallId
from outbound_bot.engines.http_line import HttpLine

orders: list[dict[str, str]] = []


def line(answer: int | Exception) -> HttpLine:
    def handle(request: httpx.Request) -> httpx.Response:
        orders.append({"url": str(request.url), **json.loads(request.content)})
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    client = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    return HttpLine(
        client=client, line_url="http://line.test/", wire_url="ws://us.test/wire", ring_timeout_s=60
    )


async def place(line: HttpLine) -> None:
    await line.place_call(CallId("call-1"), "13800138000", campaign_contact="k/c")


async def test_an_order_carries_all_a_telephone_system_needs() -> None:
    orders.clear()

    await place(line(200))

    assert orders == [
        {
            "url": "http://line.test/calls",
            "call_id": "call-1",
            "number": "13800138000",
            "wire_url": "ws://us.test/wire",
            "campaign_contact": "k/c",
        }
    ]


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (480, Refused, "line.no_answer"),
        (408, Refused, "line.no_answer"),
        (486, Refused, "line.busy"),
        (404, Refused, "line.rejected"),
        (httpx.ReadTimeout("it rings"), Refused, "line.no_answer"),
        (503, EngineError, "line.down"),
        (429, EngineError, "line.down"),
        (httpx.ConnectError("refused"), EngineError, "line.down"),
        (500, EngineError, "line.lost"),
        (httpx.ReadError("reset"), EngineError, "line.lost"),
    ],
)
async def test_every_answer_has_a_code(
    answer: int | Exception, kind: type[ContactCentreError], code: str
) -> None:
    with pytest.raises(kind) as failed:
        await place(line(answer))

    assert failed.value.code == code


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [
        (503, True),
        (httpx.ConnectError("refused"), True),
        (500, False),
        (httpx.ReadError("reset"), False),
    ],
)
async def test_only_a_call_that_was_certainly_not_placed_may_be_placed_again(
    answer: int | Exception, retryable: bool
) -> None:
    with pytest.raises(EngineError) as failed:
        await place(line(answer))

    assert failed.value.retryable is retryable


def test_a_line_must_be_an_http_address() -> None:
    with pytest.raises(InputError, match="http"):
        HttpLine(client=httpx.AsyncClient(), line_url="sip:x", wire_url="ws://x", ring_timeout_s=1)
