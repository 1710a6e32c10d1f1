"""Wishes come over HTTP, reach the line they mean, and are refused in a sentence where they cannot be granted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from domain.audio import Leg
from domain.call import EndReason
from domain.events import CallEnded, LegHeld, LegJoined, LegLeft, LegResumed, PartyNamed
from domain.ids import CallId
from media_gateway import Equipment, MediaGateway, Switchboard
from media_gateway.ending import Ending
from media_gateway.line import Line
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.offer import CallOffer
from media_gateway.sockets import control
from tests.fakes.bus import FakeBus
from tests.fakes.far_side import FakeFarSide
from tests.fakes.metronome import HandMetronome
from tests.fakes.recording_store import MemoryRecordings

CALL = CallId("call")
RATE_HZ = 8_000


class House:
    """One conversation; lines sit down in it and stay until they are hung up."""

    def __init__(self, http: httpx.AsyncClient, group: asyncio.TaskGroup) -> None:
        self.http = http
        self.bus = FakeBus()
        self.switchboard = Switchboard()
        self.metronome = HandMetronome()
        self.lines: dict[Leg, Line] = {}
        self._group = group
        self._gateway = MediaGateway(
            equipment=Equipment(
                bus=self.bus,
                recordings=MemoryRecordings(),
                listeners={},
                clock=self.bus.clock,
                metronome=self.metronome,
            ),
            switchboard=self.switchboard,
            new_call_id=lambda: CALL,
        )

    async def sits_down(self, *legs: Leg, two_way: bool = True, number: str | None = None) -> None:
        mouthpiece = Mouthpiece(
            metronome=self.metronome, sample_rate_hz=RATE_HZ, send=lambda frame: None
        )
        far_side = FakeFarSide(mouthpiece=mouthpiece if two_way else None)
        sits = asyncio.Event()

        async def stays(line: Line) -> Ending:
            self.lines |= dict.fromkeys(line.legs, line)
            sits.set()
            await asyncio.Event().wait()
            return Ending(reason=EndReason.HUNG_UP)

        offer = CallOffer(
            sample_rate_hz=RATE_HZ,
            legs=legs,
            joins=CALL if self.lines else None,
            caller_number=number,
        )
        told = len(self.bus.of(LegJoined))
        self._group.create_task(self._gateway.take(offer, far_side, stays))
        await sits.wait()
        await self.bus.until(LegJoined, count=told + len(legs))

    async def wish(self, what: str, *, call: str = CALL, **more: object) -> httpx.Response:
        return await self.http.post(f"/wire/calls/{call}/{what}", **more)  # type: ignore[arg-type]

    async def close(self) -> None:
        await self.switchboard.drain(Ending(reason=EndReason.DRAINED))


@asynccontextmanager
async def a_house() -> AsyncIterator[House]:
    app = Starlette()
    transport = httpx.ASGITransport(app)
    async with (
        asyncio.timeout(10),
        asyncio.TaskGroup() as group,
        httpx.AsyncClient(transport=transport, base_url="http://house", trust_env=False) as http,
    ):
        house = House(http, group)
        app.router.routes.extend(control.routes(house.switchboard))
        yield house
        await house.close()


async def test_a_leg_is_held_and_let_go() -> None:
    async with a_house() as house:
        await house.sits_down(Leg.CALLER)
        await house.sits_down(Leg.AGENT)
        held = await house.wish("legs/caller/hold")
        again = await house.wish("legs/caller/hold")
        looked = await house.http.get(f"/wire/calls/{CALL}/legs")
        resumed = await house.wish("legs/caller/resume")
        told = await house.bus.until(LegResumed)
        held_once = house.bus.of(LegHeld)

    assert [answer.status_code for answer in (held, again, resumed)] == [200, 200, 200]
    assert looked.json()["legs"] == [
        {"leg": "caller", "with": [], "two_way": True, "held": True, "mode": "talk"},
        {"leg": "agent", "with": [], "two_way": True, "held": False, "mode": "talk"},
    ]
    assert not resumed.json()["legs"][0]["held"]
    assert (len(held_once), len(told)) == (1, 1)


async def test_a_leg_that_both_sides_hold_is_heard_when_both_let_go() -> None:
    async with a_house() as house:
        await house.sits_down(Leg.CALLER)
        await house.sits_down(Leg.AGENT)
        await house.wish("legs/caller/hold")
        house.lines[Leg.CALLER].hold(Leg.CALLER)
        house.lines[Leg.CALLER].resume(Leg.CALLER)
        between = list(house.bus.of(LegResumed))
        await house.wish("legs/caller/resume")
        await house.bus.until(LegResumed)
        held = house.bus.of(LegHeld)

    assert between == []
    assert len(held) == 1


async def test_a_call_that_is_only_overheard_says_why_it_cannot_be_held() -> None:
    async with a_house() as house:
        await house.sits_down(Leg.CALLER, Leg.AGENT, two_way=False)
        refused = await house.wish("legs/caller/hold")
        looked = (await house.http.get(f"/wire/calls/{CALL}/legs")).json()["legs"]
        held = list(house.bus.of(LegHeld))

    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "media_gateway.not_bridged"
    assert [(leg["leg"], leg["with"], leg["two_way"]) for leg in looked] == [
        ("caller", ["agent"], False),
        ("agent", ["caller"], False),
    ]
    assert held == []


async def test_one_alone_cannot_be_held_and_is_not_silenced_by_trying() -> None:
    async with a_house() as house:
        await house.sits_down(Leg.CALLER)
        refused = await house.wish("legs/caller/hold")
        held = list(house.bus.of(LegHeld))

    assert (refused.status_code, held) == (409, [])


async def test_only_a_supervisor_has_a_mode_and_listens_at_first() -> None:
    async with a_house() as house:
        for leg in (Leg.CALLER, Leg.AGENT, Leg.SUPERVISOR):
            await house.sits_down(leg)
        at_first = (await house.http.get(f"/wire/calls/{CALL}/legs")).json()["legs"][2]
        whisper = await house.wish("legs/supervisor/mode", json={"mode": "whisper"})
        caller = await house.wish("legs/caller/mode", json={"mode": "listen"})

    assert at_first["mode"] == "listen"
    assert whisper.json()["legs"][2]["mode"] == "whisper"
    assert (caller.status_code, caller.json()["error"]["code"]) == (
        409,
        "media_gateway.not_a_supervisor",
    )


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b'{"mode": 5}', b'{"mode": "shout"}', b"[" * 5_000, b"\xff" * 9]
)
async def test_a_mode_that_is_none_is_said_to_be_none(body: bytes) -> None:
    async with a_house() as house:
        for leg in (Leg.CALLER, Leg.SUPERVISOR):
            await house.sits_down(leg)
        answer = await house.wish("legs/supervisor/mode", content=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "media_gateway.mode")


async def test_hanging_up_one_line_leaves_the_others_talking() -> None:
    async with a_house() as house:
        await house.sits_down(Leg.CALLER)
        await house.sits_down(Leg.AGENT)
        left = await house.wish("legs/agent/hang-up")
        await house.bus.until(LegLeft)
        ended = list(house.bus.of(CallEnded))
        await house.sits_down(Leg.AGENT, number="8002")
        await house.wish("hang-up")
        (over,) = await house.bus.until(CallEnded)
        gone = await house.wish("hang-up")

    assert [leg["leg"] for leg in left.json()["legs"]] == ["caller"]
    assert ended == []
    assert over.reason is EndReason.WE_HUNG_UP
    assert gone.status_code == 404
    assert [fact.party.number for fact in house.bus.of(PartyNamed)] == ["8002"]


async def test_a_wish_for_what_is_not_there_says_so() -> None:
    async with a_house() as house:
        await house.sits_down(Leg.CALLER)
        answers = [
            await house.wish("legs/agent/hold"),
            await house.wish("legs/nobody/hold"),
            await house.wish("legs/caller/hold", call="another"),
            await house.http.get("/wire/calls/another/legs"),
        ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert all(answer.json()["error"]["message"] for answer in answers)


async def test_a_page_of_another_site_cannot_touch_a_call() -> None:
    async with a_house() as house:
        await house.sits_down(Leg.CALLER)
        refused = await house.wish("hang-up", headers={"origin": "https://elsewhere.example"})
        ours = await house.wish("hang-up", headers={"origin": "http://house"})

    assert (refused.status_code, ours.status_code) == (403, 200)
