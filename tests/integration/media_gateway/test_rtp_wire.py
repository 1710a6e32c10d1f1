"""RTP over real sockets on this machine: sound arrives whole, in its time, from whom it should and from nobody else."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from domain.audio import GapCause, Leg, Speech
from domain.call import EndReason
from domain.errors import InputError, Refused
from domain.events import CallStarted, KeyPressed
from domain.ids import CallId
from media_gateway.client import Metadata, Mouth
from media_gateway.client.farewell import Farewell
from media_gateway.client.recording import Recording
from media_gateway.client.rtp import RtpCall
from media_gateway.codecs import Encoding, decoded, encoded
from media_gateway.rtp import rtcp
from media_gateway.rtp.settings import RtpSettings
from tests.fakes.rtp import Telephone, payload_of, sound_packet
from tests.fakes.rtp_house import RtpHouse, likeness, rtp_house
from tests.fakes.sound import noise, tone


def through(encoding: Encoding, pcm: bytes) -> bytes:
    return decoded(encoded(pcm, encoding), encoding)


async def placed(
    open_house: RtpHouse,
    *legs: bytes,
    codec: str | None = None,
    encrypted: bool = False,
    rate_hz: int = 8_000,
) -> Farewell:
    call = RtpCall(
        address=open_house.url.replace("http://", "rtp://"),
        metadata=Metadata(title="over RTP", wire_call_id="fork-1"),
        codec=codec,
        encrypted=encrypted,
        host="127.0.0.1",
    )
    return await call.run(Recording(legs=legs, sample_rate_hz=rate_hz))


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_call_of_two_streams_arrives_whole(encrypted: bool) -> None:
    caller, agent = noise(1_200, seed=1), noise(1_200, seed=2)

    async with rtp_house() as open_house:
        farewell = await placed(open_house, caller, agent, encrypted=encrypted)
        assert farewell.call_id is not None
        ended = await open_house.gateway.ended(farewell.call_id)

    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 1_200)
    for leg, said in ((Leg.CALLER, caller), (Leg.AGENT, agent)):
        assert open_house.kept(farewell.call_id, leg) == through(Encoding.PCMU, said)
        assert open_house.listener.heard[farewell.call_id, leg].gaps == []


@pytest.mark.parametrize(
    ("codec", "rate_hz"), [("G722", 16_000), ("opus", 16_000), ("L16", 16_000), ("PCMA", 8_000)]
)
async def test_every_codec_keeps_the_sound_and_its_length(codec: str, rate_hz: int) -> None:
    said = tone(1_000, hz=300, rate_hz=rate_hz)

    async with rtp_house() as open_house:
        farewell = await placed(open_house, said, codec=codec, rate_hz=rate_hz)
        assert farewell.call_id is not None
        await open_house.gateway.ended(farewell.call_id)
        heard = open_house.kept(farewell.call_id, Leg.CALLER)

    assert len(heard) == len(said)
    assert likeness(heard, said) > 0.95


async def test_a_key_pressed_on_the_wire_is_pressed_once() -> None:
    async with rtp_house() as open_house:
        talking = asyncio.Event()
        call = RtpCall(
            address=open_house.url,
            metadata=Metadata(),
            on_sent=lambda _: talking.set(),
            host="127.0.0.1",
        )
        mouth = Mouth(sample_rate_hz=8_000)

        async def press_and_leave() -> None:
            await talking.wait()
            await call.press("7")
            await open_house.gateway.bus.until(KeyPressed)
            call.hang_up()

        async with asyncio.TaskGroup() as both:
            both.create_task(press_and_leave())
            await call.run(mouth)

    assert [fact.key for fact in open_house.gateway.bus.of(KeyPressed)] == ["7"]


async def test_what_we_say_is_heard_by_whoever_asked_to_hear_us() -> None:
    said = tone(400, hz=400)
    heard: list[bytes] = []

    async def keep(speech: Speech) -> None:
        heard.append(speech.pcm)

    async with rtp_house() as open_house:
        locked = asyncio.Event()

        def look(sent_samples: int) -> None:
            if sent_samples >= 800:  # three packets tell where the far side is
                locked.set()

        call = RtpCall(
            address=open_house.url,
            metadata=Metadata(),
            on_speech=keep,
            on_sent=look,
            host="127.0.0.1",
        )
        mouth = Mouth(sample_rate_hz=8_000)

        async def speak_and_leave() -> None:
            started = await open_house.gateway.started()
            await locked.wait()
            await open_house.gateway.switchboard.play(
                started[0].call_id, Speech(pcm=said, sample_rate_hz=8_000)
            )
            await open_house.gateway.switchboard.hang_up(started[0].call_id)

        async with asyncio.TaskGroup() as both:
            both.create_task(speak_and_leave())
            farewell = await call.run(mouth)

    assert farewell.by_server
    assert likeness(b"".join(heard), said) > 0.95


async def test_loss_and_strangers_on_the_way() -> None:
    async with rtp_house() as open_house:
        call_id, (leg,) = await open_house.taken()
        telephone, stranger = Telephone(leg["port"]), Telephone(leg["port"])
        for number in (0, 1, 2, 14, 13, 15, 16):
            telephone.send(sound_packet(number))
        stranger.send(b"garbage")
        for number in (17, 18, 19):
            stranger.send(replace(sound_packet(number), payload=bytes(160)))
        telephone.send(sound_packet(17))
        assert await open_house.ended(call_id) == 204
        await open_house.gateway.ended(call_id)
        telephone.close()
        stranger.close()

    heard = open_house.listener.heard[call_id, Leg.CALLER]
    whole = b"".join(payload_of(number) for number in (0, 1, 2, 13, 14, 15, 16, 17))
    assert heard.pcm == decoded(whole, Encoding.PCMU)
    assert [(gap.first_sample, gap.samples, gap.cause) for gap in heard.gaps] == [
        (480, 1_600, GapCause.NETWORK)
    ]


async def test_a_goodbye_on_every_stream_ends_the_call() -> None:
    async with rtp_house() as open_house:
        call_id, (leg,) = await open_house.taken()
        telephone, control = Telephone(leg["port"]), Telephone(leg["rtcp_port"])
        for number in range(3):
            telephone.send(sound_packet(number))
        await asyncio.sleep(0.05)
        control.send(rtcp.receiver_report(rtcp.ReceiverReport(ssrc=7)) + rtcp.goodbye(7))
        ended = await open_house.gateway.ended(call_id)
        telephone.close()
        control.close()

    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 60)


async def test_a_call_whose_sender_vanished_ends_as_vanished() -> None:
    rtp = RtpSettings(first_port=0, last_port=0, orphan_ms=100)

    async with rtp_house(rtp=rtp) as open_house:
        call_id, _ = await open_house.taken()
        ended = await open_house.gateway.ended(call_id)

    assert ended.reason is EndReason.VANISHED
    assert ended.detail == "neither RTP nor RTCP came for 100 ms"


async def test_who_asks_is_named_in_the_call() -> None:
    async with rtp_house() as open_house:
        call_id, legs = await open_house.taken(
            legs=[{"leg": "caller"}, {"leg": "agent", "format": "alaw"}],
            caller_number="10086",
            wire_call_id="abc",
        )
        started = await open_house.gateway.bus.until(
            CallStarted, that=lambda fact: fact.call_id == call_id
        )
        found = open_house.gateway.switchboard.named("rtp", "abc")

    assert [leg["leg"] for leg in legs] == ["caller", "agent"]
    assert len({leg["port"] for leg in legs}) == 2
    assert (started[0].info.caller_number, started[0].info.wire) == ("10086", "rtp")
    assert found == call_id


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "legs"),
        ({"legs": []}, "legs"),
        ({"legs": [{"leg": "nobody"}]}, "legs.0.leg"),
        ({"legs": [{"leg": "caller", "format": "G729"}]}, "PCMU"),
        ({"legs": [{"leg": "caller"}, {"leg": "caller"}]}, "every leg once"),
        ({"legs": [{"leg": "caller", "crypto": "1 NULL inline:x"}]}, "a=crypto"),
        ({"legs": [{"leg": "caller"}], "title": "x" * 70_000}, "bytes of JSON"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_would_be(
    fields: dict[str, object], words: str
) -> None:
    async with rtp_house() as open_house:
        answer = await open_house.asked(**fields)

    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


async def test_a_full_house_and_a_page_of_another_site_get_no_ports() -> None:
    rtp = RtpSettings(first_port=22_310, last_port=22_311)

    async with rtp_house(rtp=rtp) as open_house:
        await open_house.taken()
        full = await open_house.asked(legs=[{"leg": "caller"}])
        async with httpx.AsyncClient(trust_env=False) as client:
            foreign = await client.post(
                f"{open_house.url}/wire/rtp",
                json={"legs": [{"leg": "caller"}]},
                headers={"Origin": "http://elsewhere.example"},
            )
        unknown = await open_house.ended(CallId("nothing"))

    assert (full.status_code, full.headers["retry-after"]) == (503, "30")
    assert (foreign.status_code, unknown) == (403, 404)


async def test_a_house_without_places_gives_its_ports_back() -> None:
    rtp = RtpSettings(first_port=22_320, last_port=22_323)

    async with rtp_house(rtp=rtp, max_calls=1) as open_house:
        call_id, _ = await open_house.taken()
        for _ in range(3):
            assert (await open_house.asked(legs=[{"leg": "caller"}])).status_code == 503
        await open_house.ended(call_id)
        await open_house.gateway.ended(call_id)
        await open_house.taken(legs=[{"leg": "caller"}])


async def test_the_client_says_when_nobody_answers_or_refuses() -> None:
    nobody = RtpCall(address="rtp://127.0.0.1:9", metadata=Metadata())
    with pytest.raises(InputError, match="hotline serve"):
        await nobody.run(Recording(legs=(tone(20),), sample_rate_hz=8_000))
    with pytest.raises(InputError, match="rtp://"):
        RtpCall(address="sip:somebody", metadata=Metadata())

    async with rtp_house(max_calls=1) as open_house:
        await open_house.taken()
        with pytest.raises(Refused):
            await placed(open_house, tone(20))
