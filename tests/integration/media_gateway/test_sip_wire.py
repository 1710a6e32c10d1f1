"""A SIP telephone calls the gateway over real sockets of this machine."""

import asyncio
import random
import socket
from pathlib import Path

import pytest
from aiosipua.headers import CSeq

from domain.audio import Leg, Speech
from domain.call import EndReason
from domain.errors import InputError, Refused
from domain.events import KeyPressed, LegJoined
from media_gateway import GatewaySettings
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Mouth
from media_gateway.client.pacing import Pacer
from media_gateway.client.recording import Recording
from media_gateway.client.sip import SipCall
from media_gateway.sip.sdp import read_sdp
from media_gateway.sip.settings import SipSettings
from tests.fakes.certificate import write_certificate
from tests.fakes.gateway import KeepingListener
from tests.fakes.sip_house import sip_house
from tests.fakes.sip_peer import SDP, Peer
from tests.fakes.sound import tone


async def test_a_telephone_call_is_heard_from_its_first_word_to_its_last() -> None:
    listener = KeepingListener()
    source = Recording(legs=(tone(600, hz=440),), sample_rate_hz=8_000)

    async with sip_house(listeners={"ear": listener}) as sip:
        said = Metadata(title="a question", caller_number="13800138000", dialled_number="12345")
        farewell = await SipCall(address=sip.address, metadata=said).run(source)
        started = (await sip.house.started())[0]
        ended = await sip.house.ended(started.call_id)

    assert farewell.call_id == started.call_id
    assert started.info.caller_number == "13800138000"
    assert started.info.dialled_number == "12345"
    assert started.info.title == "a question"
    assert started.info.wire_call_id == farewell.wire_call_id
    assert ended.reason is EndReason.HUNG_UP
    heard = listener.heard[started.call_id, Leg.CALLER]
    assert 540 <= len(heard.pcm) // 16 <= 700


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
async def test_two_legs_are_two_calls_of_one_conversation(transport: str) -> None:
    listener = KeepingListener()
    legs = (tone(400, hz=440), tone(400, hz=900))
    source = Recording(legs=legs, sample_rate_hz=8_000)

    async with sip_house(listeners={"ear": listener}) as sip:
        call = SipCall(address=sip.server.address(transport), metadata=Metadata())
        farewell = await call.run(source)
        assert farewell.call_id is not None
        await sip.house.ended(farewell.call_id)
        joined = [joined.leg for joined in sip.house.bus.of(LegJoined)]

    assert joined == [Leg.CALLER, Leg.AGENT]
    assert {leg for _, leg in listener.heard} == {Leg.CALLER, Leg.AGENT}


async def test_a_key_in_rtp_is_a_key_pressed() -> None:
    mouth = Mouth(sample_rate_hz=8_000)

    async with sip_house() as sip, asyncio.TaskGroup() as group:
        call = SipCall(address=sip.address, metadata=Metadata())
        group.create_task(call.run(mouth))
        await sip.house.started()
        await asyncio.sleep(0.1)
        await call.press("5")
        pressed = (await sip.house.bus.until(KeyPressed))[0]
        call.hang_up()

    assert pressed.key == "5"
    assert pressed.leg is Leg.CALLER


class Breath(Pacer):
    """A telephone that suppresses silence: it says a little, pauses without a packet, and goes on."""

    async def due(self, position_s: float) -> None:
        await super().due(position_s)
        if abs(position_s - 0.2) < 0.005:
            await asyncio.sleep(0.6)


async def test_a_telephone_that_sends_nothing_while_nobody_speaks_stays_on_the_line() -> None:
    patience = GatewaySettings(stall_ms=200)
    source = Recording(legs=(tone(400),), sample_rate_hz=8_000)

    async with sip_house(gateway_settings=patience) as sip:
        await SipCall(address=sip.address, metadata=Metadata(), pacer=Breath()).run(source)
        ended = await sip.house.ended((await sip.house.started())[0].call_id)

    assert ended.reason is EndReason.HUNG_UP


async def test_a_full_house_says_so_and_when_to_come_again() -> None:
    async with (
        sip_house(gateway_settings=GatewaySettings(max_calls=1)) as sip,
        asyncio.TaskGroup() as group,
    ):
        first = SipCall(address=sip.address, metadata=Metadata())
        group.create_task(first.run(Mouth(sample_rate_hz=8_000)))
        await sip.house.started()

        with pytest.raises(Refused, match="503"):
            await SipCall(address=sip.address, metadata=Metadata()).run(Mouth(sample_rate_hz=8_000))
        first.hang_up()


async def test_a_call_over_tls_is_heard(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = SipSettings(tls_port=0, tls_certificate=certificate, tls_key=key)
    listener = KeepingListener()
    source = Recording(legs=(tone(300),), sample_rate_hz=8_000)

    async with sip_house(settings=settings, listeners={"ear": listener}) as sip:
        call = SipCall(
            address=sip.server.address("TLS"),
            metadata=Metadata(),
            settings=SipSettings(tls_trusted=certificate),
        )
        farewell = await call.run(source)
        assert farewell.call_id is not None
        ended = await sip.house.ended(farewell.call_id)

    assert ended.reason is EndReason.HUNG_UP
    assert any(listener.heard[farewell.call_id, Leg.CALLER].pcm)


async def test_a_server_whose_certificate_nobody_vouches_for_is_not_called(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = SipSettings(tls_port=0, tls_certificate=certificate, tls_key=key)

    async with sip_house(settings=settings) as sip:
        call = SipCall(address=sip.server.address("TLS"), metadata=Metadata())
        with pytest.raises(InputError):
            await call.run(Mouth(sample_rate_hz=8_000))


async def test_what_we_say_is_heard_on_the_telephone_and_hanging_up_reaches_it() -> None:
    heard: list[Speech] = []

    async def hear(speech: Speech) -> None:
        heard.append(speech)

    async with sip_house() as sip, asyncio.TaskGroup() as group:
        call = SipCall(address=sip.address, metadata=Metadata(), on_speech=hear)
        calling = group.create_task(call.run(Mouth(sample_rate_hz=8_000)))
        call_id = (await sip.house.started())[0].call_id
        await sip.house.switchboard.play(call_id, Speech(pcm=tone(400), sample_rate_hz=8_000))
        await asyncio.sleep(0.5)
        await sip.house.switchboard.hang_up(call_id)
        farewell = await calling

    assert farewell.by_server
    assert len(heard) == 1
    assert 380 <= heard[0].duration_ms <= 440


async def test_nobody_at_an_address_is_told_as_such() -> None:
    call = SipCall(address="sip:127.0.0.1:9;transport=tcp", metadata=Metadata())

    with pytest.raises(InputError, match="nobody answers"):
        await call.run(Mouth(sample_rate_hz=8_000))


async def test_garbage_on_every_port_leaves_calls_alone() -> None:
    listener = KeepingListener()
    source = Recording(legs=(tone(500),), sample_rate_hz=8_000)

    async with sip_house(listeners={"ear": listener}) as sip, asyncio.TaskGroup() as group:
        call = SipCall(address=sip.address, metadata=Metadata())
        calling = group.create_task(call.run(source))
        await sip.house.started()
        await throw_garbage(sip.server.ports.numbers)
        farewell = await calling

    assert farewell.sent_samples == 4_000
    assert not farewell.by_server


async def throw_garbage(ports: dict[str, int]) -> None:
    dice = random.Random(1)  # noqa: S311 - noise
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thrower:
        for _ in range(500):
            thrower.sendto(dice.randbytes(dice.randrange(1, 900)), ("127.0.0.1", ports["UDP"]))
    for _ in range(10):
        _, writer = await asyncio.open_connection("127.0.0.1", ports["TCP"])
        writer.write(dice.randbytes(80_000))
        writer.close()


async def test_an_invite_without_a_description_gets_ours_and_a_codec_may_change_later() -> None:
    async with sip_house() as sip:
        peer = Peer(server=sip.server)
        peer.send(peer.request("INVITE", 1))
        offered = read_sdp((await peer.answered()).body)
        peer.send(peer.request("ACK", 1, body=SDP))
        started = (await sip.house.started())[0]
        changed = SDP.replace("4000 RTP/AVP 0", "4002 RTP/AVP 8")
        peer.send(peer.request("INVITE", 2, body=changed))
        await peer.until(lambda: peer.last().cseq == CSeq(seq=2, method="INVITE"))
        await peer.until(lambda: peer.last().status_code == 200)
        chosen = read_sdp(peer.last().body)
        peer.send(peer.request("ACK", 2))
        peer.send(peer.request("BYE", 3))
        ended = await sip.house.ended(started.call_id)

    assert {codec.name for codec in offered.media[0].codecs} == {"PCMA", "PCMU", "telephone-event"}
    assert [codec.name for codec in chosen.media[0].codecs] == ["PCMA"]
    assert chosen.version > offered.version
    assert ended.reason is EndReason.HUNG_UP


async def test_an_answer_in_the_ack_that_nobody_can_use_ends_the_call_with_bye() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as contact:
        contact.bind(("127.0.0.1", 0))
        contact.setblocking(False)
        async with sip_house() as sip:
            peer = Peer(server=sip.server, contact_port=contact.getsockname()[1])
            peer.send(peer.request("INVITE", 1))
            await peer.answered()
            peer.send(peer.request("ACK", 1, body=SDP.replace("AVP 0", "AVP 18")))
            async with asyncio.timeout(2):
                said = await asyncio.get_running_loop().sock_recv(contact, 2_000)

    assert said.startswith(b"BYE sip:138@127.0.0.1")


async def test_a_stranger_cannot_join_a_conversation_or_say_who_calls() -> None:
    async with sip_house(settings=SipSettings(udp_port=0, trusted_peers=())) as sip:
        peer = Peer(server=sip.server)
        claims = "X-Hotline-Call: some-call\r\nP-Asserted-Identity: <sip:110@x>\r\nSubject: x\r\n"
        peer.send(peer.request("INVITE", 1, body=SDP, headers=claims))
        response = await peer.answered()
        started = (await sip.house.started())[0]
        peer.send(peer.request("ACK", 1))
        peer.send(peer.request("BYE", 2))
        await sip.house.ended(started.call_id)

    assert started.call_id != "some-call"
    assert started.info.caller_number == "138"
    assert started.info.title is None
    assert response.get_header("X-Hotline-Call") is None
