"""A UUID stands for what was told about it: once, for a while, and never more than there is room for."""

from contextlib import suppress
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from domain.audio import Leg
from domain.errors import InputError, Refused
from media_gateway.audiosocket.api import LEGS_PATH, MOST_BODY_BYTES, parse_leg, routes
from media_gateway.audiosocket.expected_legs import ExpectedLeg, ExpectedLegs
from tests.fakes.clock import FakeClock

CALL = UUID("30b0e395-84d3-4570-ac13-9a62d8f514c0")


def awaited(at_most: int = 10) -> tuple[ExpectedLegs, FakeClock]:
    clock = FakeClock()
    return ExpectedLegs(at_most=at_most, expires_ms=1_000, clock=clock), clock


def test_a_leg_is_claimed_once() -> None:
    legs, _ = awaited()
    leg = ExpectedLeg(uuid=CALL, leg=Leg.AGENT, call="a")
    legs.expect(leg)

    assert legs.claim(CALL) == leg
    assert legs.claim(CALL) is None
    assert legs.claim(uuid4()) is None


def test_what_was_told_too_long_ago_is_forgotten() -> None:
    legs, clock = awaited()
    legs.expect(ExpectedLeg(uuid=CALL))

    clock.advance(1_001)

    assert legs.claim(CALL) is None


def test_the_list_is_bounded_and_room_comes_back() -> None:
    legs, clock = awaited(at_most=2)
    for _ in range(2):
        legs.expect(ExpectedLeg(uuid=uuid4()))

    with pytest.raises(Refused, match="2 legs are awaited"):
        legs.expect(ExpectedLeg(uuid=CALL))
    clock.advance(1_001)
    legs.expect(ExpectedLeg(uuid=CALL))

    assert len(legs) == 1


def test_a_uuid_told_twice_counts_as_told_last() -> None:
    legs, _ = awaited(at_most=1)
    legs.expect(ExpectedLeg(uuid=CALL))
    legs.expect(ExpectedLeg(uuid=CALL, leg=Leg.AGENT))

    claimed = legs.claim(CALL)

    assert claimed is not None
    assert claimed.leg is Leg.AGENT


async def answered(legs: ExpectedLegs, **request: object) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=routes(legs)))
    async with httpx.AsyncClient(transport=transport, base_url="http://us.test") as client:
        return await client.post(LEGS_PATH, **request)  # type: ignore[arg-type]


async def test_legs_are_told_over_http() -> None:
    legs, _ = awaited()

    answer = await answered(
        legs, json={"uuid": str(CALL), "leg": "agent", "call": "7", "caller_number": "12345"}
    )

    assert answer.status_code == 201
    claimed = legs.claim(CALL)
    assert claimed == ExpectedLeg(uuid=CALL, leg=Leg.AGENT, call="7", caller_number="12345")
    assert not claimed.is_bridged


async def test_legs_are_told_as_asterisks_curl_function_posts_them() -> None:
    legs, _ = awaited()

    answer = await answered(
        legs, content=f"uuid={CALL}&leg=agent&call=7&bridge=true&caller_number=%2B8613800000000"
    )

    assert answer.status_code == 201
    assert legs.claim(CALL) == ExpectedLeg(
        uuid=CALL, leg=Leg.AGENT, call="7", is_bridged=True, caller_number="+8613800000000"
    )


async def test_a_leg_alone_may_be_joined_through_us() -> None:
    legs, _ = awaited()

    await answered(legs, json={"uuid": str(CALL)})

    claimed = legs.claim(CALL)
    assert claimed is not None
    assert claimed.is_bridged


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "uuid"),
        (b"[]", "uuid"),
        (b"{", "JSON"),
        (b"{}", "uuid"),
        (b"uuid=x&leg=agent", "uuid"),
        (b'{"uuid":"x"}', "uuid"),
        (b'{"uuid":"30b0e395-84d3-4570-ac13-9a62d8f514c0","leg":"nobody"}', "leg"),
    ],
)
async def test_what_cannot_be_used_is_refused_with_the_field_that_is_wrong(
    body: bytes, field: str
) -> None:
    legs, _ = awaited()

    answer = await answered(legs, content=body)

    assert answer.status_code == 400
    assert field in answer.json()["error"]["message"]
    assert len(legs) == 0


async def test_too_long_a_body_a_full_list_and_another_sites_page_are_refused() -> None:
    legs, _ = awaited(at_most=1)
    told = {"uuid": str(uuid4())}

    assert (await answered(legs, content=bytes(MOST_BODY_BYTES + 1))).status_code == 400
    foreign = await answered(legs, json=told, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert (await answered(legs, json=told)).status_code == 201
    assert (await answered(legs, json={"uuid": str(CALL)})).status_code == 503


@settings(max_examples=300)
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_is_told_nothing_but_an_input_error_comes_of_it(body: bytes) -> None:
    with suppress(InputError):
        parse_leg(body)
