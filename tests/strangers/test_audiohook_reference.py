"""Genesys' own reference client calls us over AudioHook: signed, several at once, as a probe, and with a wrong secret.

It is not in this repository: AUDIOHOOK_CLIENT names a checkout of it with its client installed (docs/wires.md).
"""

import asyncio
import base64
import os
import pty
import re
import wave
from pathlib import Path

import pytest

from domain.audio import Leg
from domain.call import EndReason
from domain.events import CallEnded, CallStarted
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.client.audiohook_request import wire_url
from media_gateway.codecs import Encoding, decoded, encoded, interleaved
from tests.fakes.audiohook import kept, running_audiohook
from tests.fakes.gateway import RunningGateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import noise

CHECKOUT = Path(os.environ.get("AUDIOHOOK_CLIENT", "nowhere"))
CLIENT = CHECKOUT / "client"
pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(
        not (CLIENT / "node_modules/.bin/ts-node").exists(),
        reason="AUDIOHOOK_CLIENT names no checkout of the AudioHook reference client with its node_modules",
    ),
]

SECRET = base64.b64encode(b"a secret of ours").decode()
HOOK = AudioHookSettings(keys=(("key", SECRET),))


async def call(gateway: RunningGateway, *options: str, secret: str = SECRET) -> str:
    """Run the client to its end and return what it logged; it wants a terminal, so it gets one."""
    ours, theirs = pty.openpty()
    try:
        client = await asyncio.create_subprocess_exec(
            "node_modules/.bin/ts-node",
            *("-T", "src/index.ts", "--uri", wire_url(gateway.url)),
            *("--api-key", "key", "--client-secret", secret, *options),
            cwd=CLIENT,
            stdin=theirs,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(18):
            logged, _ = await client.communicate()
    finally:
        os.close(ours)
        os.close(theirs)
    return re.sub(r"\x1b\[[0-9;]*m", "", logged.decode())


def as_pcmu_has_it(pcm: bytes) -> bytes:
    """Sound that every PCMU encoder writes alike: between two steps they round as they like."""
    return decoded(encoded(pcm, Encoding.PCMU), Encoding.PCMU)


async def test_signed_sessions_of_a_recording_arrive_whole(tmp_path: Path) -> None:
    legs = (as_pcmu_has_it(noise(3_000, seed=1)), as_pcmu_has_it(noise(3_000, seed=2)))
    recording, disk = tmp_path / "call.wav", MemoryRecordings()
    with wave.open(str(recording), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(interleaved(legs))

    async with running_audiohook(hook=HOOK, recordings=disk) as gateway:
        logged = await call(gateway, "--wavfile", str(recording), "--session-count", "5")
        ends = await gateway.bus.until(CallEnded, count=5)

    assert logged.count("Session closed (state: CLOSING)") == 5
    assert [(end.reason, end.duration_ms) for end in ends] == [(EndReason.HUNG_UP, 3_000)] * 5
    for end in ends:
        for leg, pcm in zip((Leg.CALLER, Leg.AGENT), legs, strict=True):
            assert kept(disk, end.call_id, leg) == pcm


async def test_a_probe_is_welcome_and_a_wrong_secret_is_not() -> None:
    async with running_audiohook(hook=HOOK) as gateway:
        probe = await call(gateway, "--connection-probe", "--supported-languages")
        refused = await call(gateway, secret="AAAA")

    assert "Session closed (state: CLOSING)" in probe
    assert '"zh-CN"' in probe
    assert "Unexpected server response: 401" in refused
    assert gateway.bus.of(CallStarted) == []
