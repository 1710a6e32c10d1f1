"""sipp, a SIP test tool that is not ours, calls the gateway and is called by it."""

import asyncio
from pathlib import Path

import pytest

from domain.audio import GapCause, Leg, Speech
from domain.call import Direction, EndReason
from domain.errors import Refused
from domain.events import CallEnded, KeyPressed, LegHeld, LegResumed
from domain.ids import CallId
from media_gateway.sip.incoming import IncomingDialog
from media_gateway.sip.settings import Registration, SipAccount, SipSettings
from tests.fakes.gateway import KeepingListener
from tests.fakes.sip_house import SipHouse, sip_house
from tests.fakes.sipp import answering_sipp, free_port, is_installed, sipp
from tests.fakes.sound import tone

pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(not is_installed(), reason="wants sipp (Debian package sip-tester)"),
]

NUMBER = "13800138000"


def target(sip: SipHouse, transport: str = "UDP") -> str:
    return f"127.0.0.1:{sip.server.ports.numbers[transport]}"


@pytest.mark.parametrize(("transport", "option"), [("UDP", "u1"), ("TCP", "t1")])
async def test_sipp_talks_presses_keys_holds_and_resumes(
    transport: str, option: str, tmp_path: Path
) -> None:
    listener = KeepingListener()
    async with sip_house(listeners={"ear": listener}) as sip:
        went = await sipp("uac_talk", target(sip, transport), tmp_path, "-t", option)
        assert went.status == 0, went.said
        started = (await sip.house.started())[0]
        ended = await sip.house.ended(started.call_id)
        keys = [pressed.key for pressed in sip.house.bus.of(KeyPressed)]
        held = sip.house.bus.of(LegHeld)
        resumed = sip.house.bus.of(LegResumed)

    assert started.info.caller_number == NUMBER
    assert started.info.dialled_number == "12345"
    assert ended.reason is EndReason.HUNG_UP
    assert keys == ["5", "7"]
    assert len(held) == len(resumed) == 1
    heard = listener.heard[started.call_id, Leg.CALLER]
    assert any(heard.pcm)
    assert GapCause.HELD in {gap.cause for gap in heard.gaps}


async def test_many_calls_of_sipp_at_once_each_begin_and_end(tmp_path: Path) -> None:
    async with sip_house() as sip:
        went = await sipp(
            "uac_many", target(sip), tmp_path, "-m", "100", "-r", "25", "-l", "60", "-t", "u1"
        )
        assert went.status == 0, went.said
        ended = await sip.house.bus.until(CallEnded, count=100)
        assert sip.server.calls == 0

    assert {one.reason for one in ended} == {EndReason.HUNG_UP}


async def test_sipp_is_asked_for_a_password_and_gives_it(tmp_path: Path) -> None:
    settings = SipSettings(
        udp_port=0, trusted_peers=(), accounts=(SipAccount(user="gate", password="open"),)
    )
    async with sip_house(settings=settings) as sip:
        went = await sipp("uac_digest", target(sip), tmp_path)

    assert went.status == 0, went.said


class RingingHandler:
    """Lets every call ring."""

    extensions: frozenset[str] = frozenset()
    body_types: frozenset[str] = frozenset()

    def wants(self, request: object) -> bool:
        return True

    async def answer(self, dialog: IncomingDialog) -> None:
        dialog.progress(180)
        await dialog.over()


async def test_sipp_gives_up_while_it_rings(tmp_path: Path) -> None:
    async with sip_house(handlers=(RingingHandler(),)) as sip:
        went = await sipp("uac_cancel", target(sip), tmp_path)
        assert went.status == 0, went.said
        assert sip.server.calls == 0


async def test_we_call_sipp_which_asks_for_a_password_and_plays_early_media(
    tmp_path: Path,
) -> None:
    port = free_port()
    listener = KeepingListener()
    login = Registration(
        registrar=f"sip:127.0.0.1:{port}", user="bot", password="secret", expires_s=0
    )
    settings = SipSettings(udp_port=0, registrations=(login,), caller_id="12345")
    async with (
        answering_sipp("uas_answer", port, tmp_path, "-rtp_echo") as outcome,
        sip_house(settings=settings, listeners={"ear": listener}) as sip,
    ):
        call_id = CallId("outgoing-1")
        sip.house.switchboard.expect(call_id)
        await sip.line.place_call(call_id, NUMBER, campaign_contact="c/1")
        speech = Speech(pcm=tone(300), sample_rate_hz=8_000)
        await sip.house.switchboard.play(call_id, speech)
        await sip.house.switchboard.hang_up(call_id)
        ended = await sip.house.ended(call_id)
        went = await outcome
        started = (await sip.house.started())[0]

    assert went.status == 0, went.said
    assert started.call_id == call_id
    assert started.info.direction is Direction.OUTBOUND
    assert started.info.dialled_number == NUMBER
    assert ended.reason is EndReason.WE_HUNG_UP


@pytest.mark.parametrize(
    ("scenario", "code"), [("uas_busy", "line.busy"), ("uas_ring", "line.no_answer")]
)
async def test_a_number_of_sipp_that_does_not_answer_is_told_as_such(
    scenario: str, code: str, tmp_path: Path
) -> None:
    port = free_port()
    settings = SipSettings(udp_port=0, trunk=f"sip:127.0.0.1:{port}", answer_ms=700)
    async with (
        answering_sipp(scenario, port, tmp_path) as outcome,
        sip_house(settings=settings) as sip,
    ):
        with pytest.raises(Refused) as refusal:
            await sip.line.place_call(CallId("outgoing-2"), NUMBER, campaign_contact="c/1")
        went = await outcome

    assert refusal.value.code == code
    assert went.status == 0, went.said


async def test_we_register_with_sipp_by_digest(tmp_path: Path) -> None:
    port = free_port()
    account = Registration(
        registrar=f"sip:127.0.0.1:{port}", user="bot", password="secret", expires_s=120
    )
    async with (
        answering_sipp("uas_registrar", port, tmp_path) as outcome,
        sip_house(settings=SipSettings(udp_port=0, registrations=(account,))) as sip,
    ):
        went = await outcome
        async with asyncio.timeout(2):
            while not sip.server.registrars[0].is_registered:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.01)

    assert went.status == 0, went.said
