"""Recording sessions on real sockets: whoever offers streams is answered, the right people sit on the right legs."""

import asyncio

import pytest

from domain.audio import GapCause, Leg
from domain.call import Direction, EndReason
from domain.errors import Refused
from domain.events import (
    CallStarted,
    Event,
    LegHeld,
    LegJoined,
    LegLeft,
    LegResumed,
    PartyNamed,
)
from media_gateway.client import Metadata
from media_gateway.client.recording import Recording
from media_gateway.client.siprec import SiprecCall
from media_gateway.codecs import alaw_to_pcm16, pcm16_to_alaw
from media_gateway.rtp.settings import RtpSettings
from media_gateway.siprec.oddity import Oddity
from media_gateway.siprec.settings import SiprecSettings
from tests.fakes.recorded_call import NAMES, Body, RecordedCall, recorded_call
from tests.fakes.recording_house import RawClient, RecordingHouse, raw_client, recording_house
from tests.fakes.sound import noise

HALVES = ("two-forks-near", "two-forks-far")
SPEECH_MS = 800
UNUSABLE = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\nm=audio 6000 RTP/AVP 18\na=sendonly\n"


def telephone_noise(ms: int, *, seed: int) -> bytes:
    """Noise that A-law carries without a change."""
    return alaw_to_pcm16(pcm16_to_alaw(noise(ms, seed=seed)))


def call_to(house: RecordingHouse, **told: str) -> SiprecCall:
    return SiprecCall(
        address=f"sip:127.0.0.1:{house.udp_port}",
        metadata=Metadata(caller_number="13800001111", dialled_number="8001", **told),  # type: ignore[arg-type]
    )


async def parties(house: RecordingHouse, count: int) -> dict[Leg, tuple[str | None, str | None]]:
    facts = await house.house.bus.until(PartyNamed, count=count)
    return {fact.leg: (fact.party.number, fact.party.name) for fact in facts}


async def seen(house: RecordingHouse, kind: type[Event], leg: Leg, *, count: int = 1) -> None:
    await house.house.bus.until(
        kind, count=count, that=lambda fact: getattr(fact, "leg", None) is leg
    )


async def test_a_recorded_call_arrives_whole_on_both_legs() -> None:
    caller = telephone_noise(SPEECH_MS, seed=1)
    agent = telephone_noise(SPEECH_MS, seed=2)

    async with recording_house() as house:
        call = call_to(house, title="recorded")
        farewell = await call.run(Recording(legs=(caller, agent), sample_rate_hz=8_000))
        ended = await house.house.ended()
        begun = await house.house.begun()
        named = await parties(house, 2)

    assert (farewell.said_goodbye, farewell.by_server) == (True, False)
    assert ended.reason is EndReason.HUNG_UP
    assert begun.info.wire_call_id == farewell.wire_call_id
    assert (begun.info.wire, begun.info.title, begun.info.direction) == (
        "siprec",
        "recorded",
        Direction.INBOUND,
    )
    assert (begun.info.caller_number, begun.info.dialled_number) == ("13800001111", "8001")
    assert house.house.kept(ended.call_id, Leg.CALLER) == caller
    assert house.house.kept(ended.call_id, Leg.AGENT) == agent
    assert named == {Leg.CALLER: ("13800001111", None), Leg.AGENT: ("8001", None)}
    assert house.counters.oddities == {}


async def test_wideband_streams_are_heard_wideband() -> None:
    sound = noise(2 * SPEECH_MS, seed=3)

    async with recording_house() as house:
        await call_to(house).run(Recording(legs=(sound, sound), sample_rate_hz=16_000))
        ended = await house.house.ended()

    joined = [fact.sample_rate_hz for fact in house.house.bus.of(LegJoined)]
    assert joined == [16_000, 16_000]
    assert abs(ended.duration_ms - SPEECH_MS) < 100


async def test_a_pause_a_transfer_and_their_end_are_followed() -> None:
    silence = bytes(2 * 8 * 5_000)

    async with recording_house() as house, asyncio.TaskGroup() as group:
        call = call_to(house)
        running = group.create_task(
            call.run(Recording(legs=(silence, silence), sample_rate_hz=8_000))
        )
        await parties(house, 2)
        await call.pause()
        await seen(house, LegHeld, Leg.CALLER)
        await call.resume()
        await seen(house, LegResumed, Leg.AGENT)
        await call.transfer(Leg.AGENT, aor="sip:8002@pbx.example", name="Zhao")
        await house.house.bus.until(PartyNamed, count=3)
        call.hang_up()
        await running

    facts = house.house.bus
    assert {(fact.leg, fact.cause) for fact in facts.of(LegHeld)} == {
        (Leg.CALLER, GapCause.PAUSED),
        (Leg.AGENT, GapCause.PAUSED),
    }
    last = facts.of(PartyNamed)[-1]
    assert (last.leg, last.party.number, last.party.name) == (Leg.AGENT, "8002", "Zhao")
    assert facts.of(LegLeft) == []
    assert len(facts.of(CallStarted)) == 1


@pytest.mark.parametrize("name", [name for name in NAMES if name not in HALVES])
async def test_every_known_deviation_is_answered_and_understood(name: str) -> None:
    call = recorded_call(name)

    async with recording_house() as house, raw_client(house.tcp_port) as client:
        answer = await client.offer(call)
        named = await parties(house, len(call.seats))
        await follow(house, client, call)
        await client.bye()
        ended = await house.house.ended()

    offered = call.offer.text
    assert answer.code == 200
    assert len(answer.ports) == offered.count("m=audio")
    assert sum(port > 0 for port in answer.ports) == len(call.seats)
    assert answer.lines("a=label") == [
        line for line in offered.splitlines() if line.startswith("a=label")
    ]
    assert "a=sendrecv" not in answer.body
    assert "a=sendonly" not in answer.body
    assert "+sip.srs" in answer.headers["contact"]
    assert answer.headers.get("require") == ("siprec" if call.require else None)
    assert {str(leg): who for leg, who in named.items()} == {
        leg: (number, who) for leg, number, who in call.seats
    }
    assert call.reasons <= {str(oddity) for oddity in house.counters.oddities}
    assert ended.reason is EndReason.HUNG_UP


async def follow(house: RecordingHouse, client: RawClient, call: RecordedCall) -> None:
    """Send the client's updates and wait for what each should lead to."""
    if call.name == "inactive-at-first":
        await seen(house, LegHeld, Leg.AGENT)
    for update in call.updates:
        answer = await client.ask(
            update.method,
            update.filled(port=20_000),
            headers={"Content-Type": update.content_type},
        )
        assert answer.code == 200
        assert ("m=audio" in answer.body) == ("m=audio" in update.text)
        await follows(house, update)


async def follows(house: RecordingHouse, update: Body) -> None:
    word, _, about = update.then.partition("=")
    match word:
        case "held":
            await seen(house, LegHeld, Leg.CALLER)
            await seen(house, LegHeld, Leg.AGENT)
        case "resumed":
            await seen(house, LegResumed, Leg.CALLER)
            await seen(house, LegResumed, Leg.AGENT)
        case "agent":
            await house.house.bus.until(PartyNamed, that=lambda fact: fact.party.number == about)
        case "left":
            await seen(house, LegLeft, Leg(about))
        case "joined":
            await seen(house, LegJoined, Leg(about))


async def test_near_end_and_far_end_become_one_conversation() -> None:
    near, far = (recorded_call(name) for name in HALVES)

    async with (
        recording_house() as house,
        raw_client(house.tcp_port) as one,
        raw_client(house.tcp_port) as two,
    ):
        await one.offer(near)
        await two.offer(far, port=21_000)
        await seen(house, LegJoined, Leg.AGENT)
        await seen(house, LegJoined, Leg.CALLER)
        await one.bye()
        await two.bye()
        await house.house.ended()

    assert len(house.house.bus.of(CallStarted)) == 1
    assert len({fact.call_id for fact in house.house.bus.of(LegJoined)}) == 1
    assert await parties(house, 2) == {Leg.AGENT: ("8001", None), Leg.CALLER: ("13800001111", None)}
    assert house.counters.joined == 1


async def test_a_client_we_lost_step_with_is_asked_for_everything() -> None:
    stranger = (
        "<recording><datamode>partial</datamode><participantstreamassoc participant_id='pZ'>"
        "<send>t2</send></participantstreamassoc></recording>"
    )

    async with recording_house() as house, raw_client(house.tcp_port) as client:
        await client.offer(recorded_call("rfc7866"))
        await parties(house, 2)
        headers = {"Content-Type": "application/rs-metadata+xml"}
        await client.ask("UPDATE", stranger.encode(), headers=headers)
        question = await client.hear(lambda heard: heard.line.startswith("UPDATE"))
        client.respond(question)
        await client.bye()
        await house.house.ended()

    assert question.headers["content-type"] == "application/rs-metadata-request"
    assert "<requestsnapshot" in question.body
    assert house.counters.oddities[Oddity.OUT_OF_STEP] == 1


async def test_an_encrypted_offer_is_answered_with_a_key_of_ours() -> None:
    call = recorded_call("rfc7866")
    key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
    text = call.offer.text.replace("RTP/AVP", "RTP/SAVP").replace(
        "a=sendonly", f"a=sendonly\n{key}"
    )

    async with recording_house() as house, raw_client(house.tcp_port) as client:
        offer = Body(method="INVITE", content_type=call.offer.content_type, text=text)
        answer = await client.ask(
            "INVITE", offer.filled(port=20_000), headers={"Content-Type": offer.content_type}
        )
        await client.bye()

    assert answer.code == 200
    assert len(answer.lines("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")) == 2
    assert key not in answer.body


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/isup", "neither sound nor metadata", 415),
        ("application/rs-metadata+xml", "<recording/>", 488),
        ("application/sdp", UNUSABLE, 488),
        ("application/sdp", "v=0\ns=there is no m-line\n", 488),
    ],
)
async def test_what_cannot_be_recorded_is_refused_with_the_protocols_own_error(
    content_type: str, body: str, code: int
) -> None:
    async with recording_house() as house, raw_client(house.tcp_port) as client:
        answer = await client.ask(
            "INVITE",
            body.encode(),
            headers={"Content-Type": content_type, "Require": "siprec"},
            contact=";+sip.src",
        )

    assert answer.code == code
    assert ("accept" in answer.headers) == (code == 415)
    assert house.counters.refused == 1


async def test_without_a_free_port_a_recording_is_told_to_come_later() -> None:
    two_ports = RtpSettings(first_port=39_990, last_port=39_992)

    async with recording_house(rtp=two_ports) as house, raw_client(house.tcp_port) as client:
        answer = await client.offer(recorded_call("rfc7866"))

    assert (answer.code, answer.headers["retry-after"]) == (503, "10")


async def test_a_change_to_a_codec_nobody_speaks_is_refused_and_the_recording_goes_on() -> None:
    async with recording_house() as house, raw_client(house.tcp_port) as client:
        await client.offer(recorded_call("rfc7866"))
        headers = {"Content-Type": "application/sdp"}
        refused = await client.ask("INVITE", UNUSABLE.encode(), headers=headers)
        gone_on = await client.ask("INVITE", headers={})
        await client.bye()
        ended = await house.house.ended()

    assert refused.code == 488
    assert (gone_on.code, len(gone_on.ports)) == (200, 2)
    assert ended.reason is EndReason.HUNG_UP


async def test_a_client_that_went_silent_is_let_go_but_a_held_one_is_kept() -> None:
    settings = SiprecSettings(abandoned_ms=300)

    async with (
        recording_house(siprec=settings, stall_ms=150) as house,
        raw_client(house.tcp_port) as held,
        raw_client(house.tcp_port) as silent,
    ):
        await held.offer(recorded_call("inactive-at-first"))
        await silent.offer(recorded_call("odd-labels"))
        goodbye = await silent.hear(lambda heard: heard.line.startswith("BYE"))
        silent.respond(goodbye)
        ended = await house.house.ended()
        await held.bye()

    assert ended.reason is EndReason.VANISHED


async def test_a_full_house_is_told_by_the_client_as_a_refusal() -> None:
    async with recording_house(max_calls=1) as house, raw_client(house.tcp_port) as client:
        await client.offer(recorded_call("rfc7866"))
        with pytest.raises(Refused):
            await call_to(house).run(Recording(legs=(bytes(320),), sample_rate_hz=8_000))
        await client.bye()
