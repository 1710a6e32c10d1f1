"""A real rtpengine forks both sides of a call to us by subscription; the call itself does not notice."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from domain.audio import Leg
from media_gateway.codecs import Encoding, decoded, encoded
from media_gateway.rtp.packet import RtpPacket
from tests.fakes.rtp import Telephone
from tests.fakes.rtp_house import rtp_house
from tests.fakes.rtpengine import PROGRAM, Rtpengine, running_rtpengine
from tests.fakes.sound import tone

pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(PROGRAM is None, reason="no rtpengine; apt-get install rtpengine-daemon"),
]
NG_PORT, FIRST_PORT = 22_346, 22_400
CALL = "a call through rtpengine"
FRAME_BYTES = 160


def sdp(port: int, direction: str = "sendrecv") -> str:
    lines = (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        f"m=audio {port} RTP/AVP 8",
        "a=rtpmap:8 PCMA/8000",
        f"a={direction}",
    )
    return "\r\n".join((*lines, ""))


def port_of(answer: Mapping[str, object]) -> int:
    media = next(line for line in str(answer["sdp"]).splitlines() if line.startswith("m="))
    return int(media.split()[1])


async def subscribed(engine: Rtpengine, *, tag: str, port: int) -> None:
    """What stands in the runbook: rtpengine offers one side, and is answered with our port."""
    offered = await engine.ask("subscribe request", call_id=CALL, from_tag=tag)
    await engine.ask(
        "subscribe answer",
        call_id=CALL,
        to_tag=str(offered["to-tag"]),
        sdp=sdp(port, "recvonly"),
    )


async def talk(telephone: Telephone, sound: bytes, *, ssrc: int) -> None:
    for number in range(len(sound) // FRAME_BYTES):
        payload = sound[number * FRAME_BYTES : (number + 1) * FRAME_BYTES]
        telephone.send(RtpPacket(8, number, number * FRAME_BYTES, ssrc, payload))
        await asyncio.sleep(0.02)


async def test_rtpengine_forks_both_sides(tmp_path: Path) -> None:
    said = encoded(tone(1_000, hz=300), Encoding.PCMA)
    answered = encoded(tone(1_000, hz=500), Encoding.PCMA)
    caller, agent = Telephone(), Telephone()

    async with (
        rtp_house() as open_house,
        running_rtpengine(tmp_path, ng_port=NG_PORT, first_port=FIRST_PORT) as engine,
    ):
        offer = await engine.ask("offer", call_id=CALL, from_tag="A", sdp=sdp(caller.port))
        answer = await engine.ask(
            "answer", call_id=CALL, from_tag="A", to_tag="B", sdp=sdp(agent.port)
        )
        call_id, (first, second) = await open_house.taken(
            legs=[{"leg": "caller", "format": "PCMA"}, {"leg": "agent", "format": "PCMA"}],
            wire_call_id=CALL,
        )
        await subscribed(engine, tag="A", port=first["port"])
        await subscribed(engine, tag="B", port=second["port"])
        caller.target, agent.target = port_of(answer), port_of(offer)
        await asyncio.gather(talk(caller, said, ssrc=1), talk(agent, answered, ssrc=2))
        await engine.ask("delete", call_id=CALL, from_tag="A")
        await open_house.ended(call_id)
        await open_house.gateway.ended(call_id)
        heard_by_agent = agent.received()

    caller.close()
    agent.close()
    heard = open_house.listener.heard
    assert heard[call_id, Leg.CALLER].pcm == decoded(said, Encoding.PCMA)
    assert heard[call_id, Leg.AGENT].pcm == decoded(answered, Encoding.PCMA)
    assert heard_by_agent >= len(said) // FRAME_BYTES, "the call itself goes on as ever"
