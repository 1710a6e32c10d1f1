"""baresip, a telephone that is not ours, calls the gateway and is called by it; both hear each other."""

from pathlib import Path

import numpy as np
import pytest

from domain.audio import Leg, Speech
from domain.call import EndReason
from domain.ids import CallId
from media_gateway.sip.settings import SipSettings
from tests.fakes.baresip import HUM_HZ, baresip, is_installed, strength
from tests.fakes.gateway import KeepingListener
from tests.fakes.sip_house import sip_house
from tests.fakes.sipp import free_port
from tests.fakes.sound import tone

pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(not is_installed(), reason="wants baresip (Debian package baresip)"),
]

OUR_HZ = 1_000
OUR_SPEECH = Speech(pcm=tone(1_500, hz=OUR_HZ), sample_rate_hz=8_000)


def dialled(address: str) -> str:
    """The server's address with a number in it: baresip dials no address without."""
    return address.replace("sip:", "sip:12345@", 1)


@pytest.mark.parametrize(
    ("transport", "account", "rate_hz"),
    [
        ("UDP", ";audio_codecs=PCMA", 8_000),
        ("TCP", ";audio_codecs=PCMU", 8_000),
        ("UDP", ";audio_codecs=G722/16000/1", 16_000),
        ("UDP", ";audio_codecs=PCMA;mediaenc=srtp-mand", 8_000),
    ],
)
async def test_baresip_calls_us_and_both_hear_each_other(
    transport: str, account: str, rate_hz: int, tmp_path: Path
) -> None:
    listener = KeepingListener()
    async with sip_house(listeners={"ear": listener}) as sip:
        async with baresip(
            tmp_path, dial=dialled(sip.server.address(transport)), account=account, rate_hz=rate_hz
        ) as telephone:
            started = (await sip.house.started())[0]
            await telephone.until("Call established")
            await sip.house.switchboard.play(started.call_id, OUR_SPEECH)
        ended = await sip.house.ended(started.call_id)
        heard = listener.heard[started.call_id, Leg.CALLER]
        their_sound, their_rate_hz = telephone.heard()

    ours = np.frombuffer(heard.pcm, "<i2").astype(np.float64)
    assert ended.reason is EndReason.HUNG_UP
    assert strength(ours[rate_hz // 2 :], rate_hz, HUM_HZ) > 0.9
    assert strength(their_sound, their_rate_hz, OUR_HZ) > 0.6


async def test_we_call_baresip_and_both_hear_each_other(tmp_path: Path) -> None:
    port = free_port()
    listener = KeepingListener()
    settings = SipSettings(udp_port=0, trunk=f"sip:127.0.0.1:{port}")
    async with (
        baresip(tmp_path, port=port) as telephone,
        sip_house(settings=settings, listeners={"ear": listener}) as sip,
    ):
        call_id = CallId("outgoing-1")
        sip.house.switchboard.expect(call_id)
        await sip.line.place_call(call_id, "bare", campaign_contact="campaign/contact")
        await sip.house.switchboard.play(call_id, OUR_SPEECH)
        await sip.house.switchboard.hang_up(call_id)
        ended = await sip.house.ended(call_id)
        heard = listener.heard[call_id, Leg.CALLER]
        await telephone.quit()
        their_sound, their_rate_hz = telephone.heard()

    ours = np.frombuffer(heard.pcm, "<i2").astype(np.float64)
    assert ended.reason is EndReason.WE_HUNG_UP
    assert strength(ours[4_000:], 8_000, HUM_HZ) > 0.9
    assert strength(their_sound, their_rate_hz, OUR_HZ) > 0.6
