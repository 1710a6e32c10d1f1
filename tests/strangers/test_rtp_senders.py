"""Programs that we did not write send RTP: GStreamer and FFmpeg, in every codec they have, encrypted too."""

import asyncio
import base64
import shutil

import pytest

from domain.audio import Leg, ms_from_samples
from tests.fakes.rtp_house import RtpHouse, loudest_hz, rtp_house

pytestmark = pytest.mark.stranger

HZ = 440
SECONDS = 2
KEY = base64.b64encode(bytes(range(30))).decode()
gstreamer = pytest.mark.skipif(shutil.which("gst-launch-1.0") is None, reason="no gst-launch-1.0")
ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg")


async def heard_from(
    open_house: RtpHouse, leg: dict[str, object], *command: str, rate_hz: int
) -> bytes:
    """What arrived of a program that sends to ``{port}``."""
    call_id, (told,) = await open_house.taken(legs=[{"leg": "caller", **leg}])
    program = await asyncio.create_subprocess_exec(
        *(word.format(port=told["port"]) for word in command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(15):
            _, complaints = await program.communicate()
    finally:
        if program.returncode is None:
            program.kill()
    assert program.returncode == 0, complaints.decode(errors="replace")
    await open_house.ended(call_id)
    await open_house.gateway.ended(call_id)
    heard = open_house.listener.heard[call_id, Leg.CALLER]
    assert heard.gaps == []
    assert abs(ms_from_samples(len(heard.pcm) // 2, rate_hz) - SECONDS * 1000) <= 100
    return heard.pcm


def launched(rate_hz: int, *elements: str) -> tuple[str, ...]:
    """A GStreamer pipeline from a tone to our port, in packets of 20 ms."""
    samples = rate_hz // 50
    source = (
        f"audiotestsrc is-live=true freq={HZ} samplesperbuffer={samples} num-buffers={50 * SECONDS}"
    )
    sound = f"audio/x-raw,format=S16LE,rate={rate_hz},channels=1"
    pipeline = " ! ".join((source, sound, *elements, "udpsink host=127.0.0.1 port={port}"))
    return ("gst-launch-1.0", "-q", *pipeline.split())


@gstreamer
@pytest.mark.parametrize(
    ("leg", "rate_hz", "elements"),
    [
        ({"format": "PCMU"}, 8_000, ("mulawenc", "rtppcmupay")),
        ({"format": "PCMA"}, 8_000, ("alawenc", "rtppcmapay")),
        ({}, 8_000, ("mulawenc", "rtppcmupay min-ptime=40000000")),
        ({"format": "L16/16000"}, 16_000, ("audioconvert", "rtpL16pay")),
    ],
)
async def test_gstreamer_sends(
    leg: dict[str, object], rate_hz: int, elements: tuple[str, ...]
) -> None:
    async with rtp_house() as open_house:
        pcm = await heard_from(open_house, leg, *launched(rate_hz, *elements), rate_hz=rate_hz)

    assert loudest_hz(pcm, sample_rate_hz=rate_hz) == pytest.approx(HZ, abs=2)


@gstreamer
async def test_gstreamer_sends_opus() -> None:
    command = launched(48_000, "opusenc", "rtpopuspay pt=96")

    async with rtp_house() as open_house:
        pcm = await heard_from(open_house, {"format": "opus"}, *command, rate_hz=16_000)

    assert loudest_hz(pcm, sample_rate_hz=16_000) == pytest.approx(HZ, abs=2)


def ffmpeg_sending(rate_hz: int, *words: str) -> tuple[str, ...]:
    source = f"sine=frequency={HZ}:sample_rate={rate_hz}:duration={SECONDS}"
    return ("ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", "-i", source, "-ac", "1", *words)


@ffmpeg
@pytest.mark.parametrize(
    ("leg", "rate_hz", "words"),
    [
        ({"format": "PCMU"}, 8_000, ("-c:a", "pcm_mulaw", "rtp://127.0.0.1:{port}?pkt_size=172")),
        ({}, 8_000, ("-c:a", "pcm_alaw", "rtp://127.0.0.1:{port}")),
        ({"format": "G722"}, 16_000, ("-c:a", "g722", "rtp://127.0.0.1:{port}?pkt_size=172")),
        ({"format": "opus"}, 48_000, ("-c:a", "libopus", "rtp://127.0.0.1:{port}")),
    ],
)
async def test_ffmpeg_sends(leg: dict[str, object], rate_hz: int, words: tuple[str, ...]) -> None:
    heard_hz = min(rate_hz, 16_000)
    command = ffmpeg_sending(rate_hz, *words[:-1], "-f", "rtp", words[-1])

    async with rtp_house() as open_house:
        pcm = await heard_from(open_house, leg, *command, rate_hz=heard_hz)

    assert loudest_hz(pcm, sample_rate_hz=heard_hz) == pytest.approx(HZ, abs=2)


@ffmpeg
@pytest.mark.parametrize("suite", ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"])
async def test_ffmpeg_sends_srtp(suite: str) -> None:
    leg: dict[str, object] = {"format": "PCMU", "crypto": f"1 {suite} inline:{KEY}"}
    secret = ("-srtp_out_suite", suite, "-srtp_out_params", KEY)
    to = "srtp://127.0.0.1:{port}?pkt_size=172"
    command = ffmpeg_sending(8_000, "-c:a", "pcm_mulaw", "-f", "rtp", *secret, to)

    async with rtp_house() as open_house:
        pcm = await heard_from(open_house, leg, *command, rate_hz=8_000)

    assert loudest_hz(pcm, sample_rate_hz=8_000) == pytest.approx(HZ, abs=2)
