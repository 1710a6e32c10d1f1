"""Kamailio, a SIP proxy that is not ours, asks how we are and passes calls on to us."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from domain.audio import Leg
from domain.call import EndReason
from domain.errors import Refused
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.recording import Recording
from media_gateway.client.sip import SipCall
from tests.fakes.gateway import KeepingListener
from tests.fakes.sip_house import sip_house
from tests.fakes.sipp import SCENARIOS, free_port
from tests.fakes.sound import tone

KAMAILIO = shutil.which("kamailio", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(KAMAILIO is None, reason="wants kamailio (Debian package)"),
]


@asynccontextmanager
async def kamailio(folder: Path, hotline_port: int) -> AsyncIterator[int]:
    """The proxy's port, while it runs."""
    assert KAMAILIO is not None
    port = free_port()
    targets = folder / "dispatcher.list"
    targets.write_text(f"1 sip:127.0.0.1:{hotline_port};transport=udp\n")
    config = (SCENARIOS / "kamailio.cfg").read_text()
    config = config.replace("PROXY_PORT", str(port)).replace("DISPATCHER_LIST", str(targets))
    (folder / "kamailio.cfg").write_text(config)
    modules = os.environ.get("KAMAILIO_MODULES")
    with (folder / "said.txt").open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *(KAMAILIO, "-f", str(folder / "kamailio.cfg"), "-DD", "-E", "-m", "16", "-M", "4"),
            *("-Y", str(folder), "-w", str(folder)),
            *(("-L", modules) if modules else ()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def called(address: str, source: Recording, folder: Path) -> Farewell:
    """Call until the proxy listens and has found us alive."""
    said = Metadata(dialled_number="12345", caller_number="13800138000")
    for _ in range(40):
        try:
            return await SipCall(address=address, metadata=said).run(source)
        except Refused:
            await asyncio.sleep(0.1)
    raise AssertionError((folder / "said.txt").read_text())


async def test_a_call_through_a_proxy_is_heard_and_ends_through_it(tmp_path: Path) -> None:
    listener = KeepingListener()
    source = Recording(legs=(tone(500),), sample_rate_hz=8_000)
    async with (
        sip_house(listeners={"ear": listener}) as sip,
        kamailio(tmp_path, sip.server.ports.numbers["UDP"]) as port,
    ):
        farewell = await called(f"sip:127.0.0.1:{port}", source, tmp_path)
        started = (await sip.house.started())[0]
        ended = await sip.house.ended(started.call_id)

    assert farewell.sent_samples == 4_000
    assert ended.reason is EndReason.HUNG_UP
    assert started.info.caller_number == "13800138000"
    assert any(listener.heard[started.call_id, Leg.CALLER].pcm)
