"""sipsak, a tool that asks SIP servers how they are, asks ours."""

import asyncio
import shutil

import pytest

from tests.fakes.sip_house import sip_house

pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(shutil.which("sipsak") is None, reason="wants sipsak (Debian package)"),
]


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
async def test_sipsak_asks_for_our_options_and_gets_them(transport: str) -> None:
    async with sip_house() as sip:
        port = sip.server.ports.numbers[transport]
        process = await asyncio.create_subprocess_exec(
            *("sipsak", "-vv", "-s", f"sip:hotline@127.0.0.1:{port}"),
            *("-E", transport.lower()),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(10):
            said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()
    assert b"200 OK" in said
