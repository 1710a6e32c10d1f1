"""sipp, a SIP test tool that is not ours, records calls on us the way each vendor does; FFmpeg and sipp send the sound."""

import base64
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.audio import Leg
from domain.call import EndReason
from domain.events import (
    CallEnded,
    LegHeld,
    LegJoined,
    LegLeft,
    LegResumed,
    PartyNamed,
    RecordingGapMarked,
)
from tests.fakes.recorded_call import NAMES, RecordedCall, recorded_call, sipp_scenario
from tests.fakes.recording_house import RecordingHouse, recording_house
from tests.fakes.sipp import is_installed, sipp

pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(not is_installed(), reason="wants sipp (Debian package sip-tester)"),
]
ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="wants ffmpeg")

HALVES = frozenset(("two-forks-near", "two-forks-far"))
SECONDS = 2
SUITE = "AES_CM_128_HMAC_SHA1_80"
KEY = base64.b64encode(bytes(range(30))).decode()
TONES_HZ = (440, 880)
# sipp finds both ports in our answer and lets FFmpeg send a tone to each.
PORTS = (
    '<action><ereg regexp="m=audio ([0-9]+).*m=audio ([0-9]+)" search_in="body" check_it="true" '
    'assign_to="all,first,second"/>'
)
TONES = (
    f"ffmpeg -nostdin -loglevel quiet -re -f lavfi -i sine={TONES_HZ[0]}:r=8000:d={SECONDS} "
    f"-re -f lavfi -i sine={TONES_HZ[1]}:r=8000:d={SECONDS} "
    "-map 0 -c:a pcm_alaw -f rtp rtp://127.0.0.1:[$first]?pktsize=172 "
    "-map 1 -c:a pcm_alaw -f rtp rtp://127.0.0.1:[$second]?pktsize=172"
)
ON_ANSWER = f'{PORTS}<log message="[$all]"/><exec command="{TONES}"/></action>'
PCAP = '<nop><action><exec play_pcap_audio="pcap/g711a.pcap"/></action></nop>\n'


async def run_sipp(
    house: RecordingHouse,
    folder: Path,
    name: str,
    *options: str,
    talk_ms: int = 100,
    on_answer: str = "",
    after_ack: str = "",
    call: RecordedCall | None = None,
) -> None:
    scenario = folder / f"{name}.xml"
    scenario.write_text(
        sipp_scenario(
            call or recorded_call(name),
            talk_ms=talk_ms,
            wait_ms=100,
            on_answer=on_answer,
            after_ack=after_ack,
        )
    )
    port = house.tcp_port if "t1" in options else house.udp_port
    went = await sipp(str(folder / name), f"127.0.0.1:{port}", folder, *options)
    assert went.status == 0, went.said


def loudest_hz(pcm: bytes) -> float:
    sound = np.frombuffer(pcm, "<i2").astype(np.float32)
    return float(np.argmax(np.abs(np.fft.rfft(sound)))) * 8_000 / len(sound)


@pytest.mark.parametrize(
    ("name", "transport"),
    [
        *((name, "t1") for name in NAMES if name not in HALVES),
        *((name, "u1") for name in ("rfc7866", "draft-root", "partial-updates")),
    ],
)
async def test_sipp_records_a_call_as_each_vendor_does(
    name: str, transport: str, tmp_path: Path
) -> None:
    call = recorded_call(name)

    async with recording_house() as house:
        await run_sipp(house, tmp_path, name, "-t", transport)
        named = await house.house.bus.until(PartyNamed, count=len(call.seats))
        ended = await house.house.ended()

    first = {
        str(fact.leg): (fact.party.number, fact.party.name) for fact in named[: len(call.seats)]
    }
    assert first == {leg: (number, who) for leg, number, who in call.seats}
    assert ended.reason is EndReason.HUNG_UP


@ffmpeg
@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_both_streams_of_a_recording_are_heard_on_their_own_leg(
    transport: str, tmp_path: Path
) -> None:
    async with recording_house() as house:
        await run_sipp(
            house,
            tmp_path,
            "rfc7866",
            *("-t", transport),
            talk_ms=1000 * SECONDS + 1_000,
            on_answer=ON_ANSWER,
        )
        ended = await house.house.ended()

    kept = [house.house.kept(ended.call_id, leg) for leg in (Leg.CALLER, Leg.AGENT)]
    assert [round(loudest_hz(pcm), -1) for pcm in kept] == list(TONES_HZ)
    late_ms = {gap.leg: gap.end_ms for gap in house.house.bus.of(RecordingGapMarked)}
    for leg, pcm in zip((Leg.CALLER, Leg.AGENT), kept, strict=True):
        # Who begins to send later than the other is absent until then, so that both files share one time.
        assert abs(len(pcm) // 16 - late_ms.get(leg, 0) - 1000 * SECONDS) <= 60


@ffmpeg
async def test_the_callers_voice_on_the_second_stream_is_the_callers(tmp_path: Path) -> None:
    async with recording_house() as house:
        await run_sipp(
            house,
            tmp_path,
            "draft-root",
            talk_ms=1000 * SECONDS + 1_000,
            on_answer=ON_ANSWER,
        )
        ended = await house.house.ended()

    assert round(loudest_hz(house.house.kept(ended.call_id, Leg.AGENT)), -1) == TONES_HZ[0]
    assert round(loudest_hz(house.house.kept(ended.call_id, Leg.CALLER)), -1) == TONES_HZ[1]


@ffmpeg
async def test_encrypted_streams_are_heard_on_their_own_leg(tmp_path: Path) -> None:
    call = recorded_call("rfc7866")
    secured = call.offer.text.replace("RTP/AVP", "RTP/SAVP").replace(
        "a=sendonly", f"a=crypto:1 {SUITE} inline:{KEY}\na=sendonly"
    )
    encrypt = f"-srtp_out_suite {SUITE} -srtp_out_params {KEY} -f rtp srtp://"

    async with recording_house() as house:
        await run_sipp(
            house,
            tmp_path,
            "rfc7866",
            talk_ms=1000 * SECONDS + 1_000,
            on_answer=ON_ANSWER.replace("-f rtp rtp://", encrypt),
            call=replace(call, offer=replace(call.offer, text=secured)),
        )
        ended = await house.house.ended()

    kept = [house.house.kept(ended.call_id, leg) for leg in (Leg.CALLER, Leg.AGENT)]
    assert [round(loudest_hz(pcm), -1) for pcm in kept] == list(TONES_HZ)


async def test_sipps_own_recording_on_a_mixed_stream_is_heard(tmp_path: Path) -> None:
    async with recording_house() as house:
        await run_sipp(house, tmp_path, "mixed-stream", talk_ms=1_500, after_ack=PCAP)
        ended = await house.house.ended()

    assert len(house.house.kept(ended.call_id, Leg.CALLER)) // 16 >= 1_000


async def test_sipp_pauses_resumes_transfers_and_adds_a_stream(tmp_path: Path) -> None:
    async with recording_house() as house:
        for name in ("pause-by-sdp", "partial-updates", "third-stream"):
            await run_sipp(house, tmp_path, name)
        await house.house.bus.until(CallEnded, count=3)

    facts = house.house.bus
    assert len(facts.of(LegHeld)) == len(facts.of(LegResumed)) == 2
    assert "8002" in {fact.party.number for fact in facts.of(PartyNamed)}
    assert Leg.AGENT in {fact.leg for fact in facts.of(LegLeft)}
    assert Leg.AGENT_2 in {fact.leg for fact in facts.of(LegJoined)}


async def test_many_recordings_of_sipp_at_once_each_begin_and_end(tmp_path: Path) -> None:
    async with recording_house() as house:
        await run_sipp(house, tmp_path, "rfc7866", "-m", "60", "-r", "30", "-l", "60")
        ended = await house.house.bus.until(CallEnded, count=60)

    assert {fact.reason for fact in ended} == {EndReason.HUNG_UP}
    assert house.counters.recordings == 60
