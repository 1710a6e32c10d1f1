"""The two halves of a call that is recorded as two are known by what joins them."""

import asyncio

from domain.audio import Leg
from domain.ids import CallId
from media_gateway.siprec.forks import ForkHalf, half_of
from media_gateway.siprec.halves import Halves
from media_gateway.siprec.quirks import VENDORS, reference_of, vendor_of
from media_gateway.siprec.roster import Roster

ORIGIN = "<sip:8001@cucm;{side};x-refci=272;x-farendaddr=138>;tag=1"


def half(headers: dict[str, str], *references: str) -> ForkHalf | None:
    return half_of(headers.get, Roster(references=references))


def test_near_end_is_our_agent_and_far_end_is_outside() -> None:
    near = half({"from": ORIGIN.format(side="x-nearend")})
    far = half({"from": ORIGIN.format(side="x-farend")})

    assert near is not None
    assert far is not None
    assert (near.key, near.leg, near.address) == (
        far.key,
        Leg.AGENT,
        "sip:8001@cucm",
    )
    assert (far.leg, far.address) == (Leg.CALLER, "sip:138")  # fmt: skip


def test_a_session_is_the_same_seen_from_either_end() -> None:
    assert half({}, "aa;remote=bb") == half({}, "bb;remote=aa")
    assert half({}, "aa;remote=" + "0" * 32) == half({}, "aa")


def test_a_guid_joins_where_nothing_else_does() -> None:
    assert half({"cisco-guid": "{A-1}"}) == ForkHalf(key="guid a-1")
    assert half({}) is None


async def test_the_second_half_waits_for_the_firsts_conversation_and_joins_it() -> None:
    halves = Halves()
    near, far = ForkHalf(key="k", leg=Leg.AGENT), ForkHalf(key="k", leg=Leg.CALLER)

    first = await halves.match(near, Leg.CALLER)
    async with asyncio.TaskGroup() as group:
        second = group.create_task(halves.match(far, Leg.CALLER))
        await asyncio.sleep(0)
        halves.begun(near, CallId("c"))

    joined = second.result()
    assert first is not None
    assert (first.leg, first.joins) == (Leg.AGENT, None)
    assert joined is not None
    assert (joined.leg, joined.joins) == (Leg.CALLER, CallId("c"))


async def test_halves_that_do_not_say_whose_they_are_take_both_legs() -> None:
    halves = Halves()
    unknown = ForkHalf(key="k")

    first = await halves.match(unknown, Leg.CALLER)
    halves.begun(unknown, CallId("c"))
    second = await halves.match(unknown, Leg.CALLER)

    assert first is not None
    assert second is not None
    assert (first.leg, second.leg) == (Leg.CALLER, Leg.AGENT)


async def test_a_third_half_is_a_call_of_its_own_and_an_ended_pair_is_forgotten() -> None:
    halves = Halves()
    unknown = ForkHalf(key="k")
    await halves.match(unknown, Leg.CALLER)
    halves.begun(unknown, CallId("c"))
    await halves.match(unknown, Leg.CALLER)

    third = await halves.match(ForkHalf(key="k", leg=Leg.AGENT), Leg.CALLER)
    halves.over(unknown, Leg.CALLER)
    halves.over(unknown, Leg.AGENT)
    again = await halves.match(unknown, Leg.CALLER)

    assert third is None
    assert again is not None
    assert again.joins is None


def test_vendors_are_known_by_their_software_first_and_their_namespaces_then() -> None:
    by_software = vendor_of(["", "Oracle ESBC/9.2"], ["urn:ietf:params:xml:ns:callData"])
    by_namespace = vendor_of(["SIP"], ["urn:ietf:params:xml:ns:callData"])

    assert by_software is not None
    assert by_software.name == "oracle"
    assert by_namespace is not None
    assert by_namespace.name == "ribbon"
    assert vendor_of(["SIP"], []) is None


def test_the_recorded_calls_own_name_is_found_where_its_vendor_puts_it() -> None:
    avaya = next(vendor for vendor in VENDORS if vendor.name == "avaya")
    headers = {"user-to-user": "00FA08;encoding=hex", "session-id": "s"}
    nothing: dict[str, str] = {}

    assert reference_of(avaya, headers.get) == "00FA08"
    assert reference_of(None, headers.get) == "s"
    assert reference_of(None, nothing.get) is None
