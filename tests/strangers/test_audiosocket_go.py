"""The library of AudioSocket's author calls us: what it sends is what we hear, and it understands what we say.

It is not in Debian. Name a checkout of github.com/CyCoreSystems/audiosocket in AUDIOSOCKET_GO and install
Debian's golang-go, golang-github-gofrs-uuid-dev and golang-github-pkg-errors-dev.
"""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app.clock import SystemClock
from domain.audio import Leg, Speech
from domain.call import EndReason
from domain.errors import NotFound
from tests.fakes.gateway import running_gateway
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import noise, tone
from tests.fakes.wire_doors import listening_audiosocket

CALL = "30b0e395-84d3-4570-ac13-9a62d8f514c0"
SOURCE = Path(__file__).parent / "audiosocket_go" / "main.go"
DEBIAN_GO = Path("/usr/share/gocode")
LIBRARY = os.environ.get("AUDIOSOCKET_GO", "")

pytestmark = [
    pytest.mark.stranger,
    pytest.mark.skipif(
        not (shutil.which("go") and LIBRARY),
        reason="needs golang-go and AUDIOSOCKET_GO, a checkout of CyCoreSystems/audiosocket",
    ),
]


def built(folder: Path) -> Path:
    """The stranger's program, from its own source, the author's library and Debian's."""
    library = folder / "src/github.com/CyCoreSystems"
    library.mkdir(parents=True)
    (library / "audiosocket").symlink_to(Path(LIBRARY).resolve())
    program = folder / "stranger"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": f"{folder}:{DEBIAN_GO}"}
    subprocess.run(["go", "build", "-o", program, SOURCE], env=environment, check=True)
    return program


async def test_the_authors_library_is_heard_and_hears_us(tmp_path: Path) -> None:
    program, disk = await asyncio.to_thread(built, tmp_path / "go"), MemoryRecordings()
    sound, speech = noise(2_000), Speech(pcm=tone(500), sample_rate_hz=8_000)
    (tmp_path / "sound.slin").write_bytes(sound)

    async with (
        running_gateway(clock=SystemClock(), recordings=disk) as gateway,
        listening_audiosocket(gateway.gateway, clock=SystemClock()) as (server, _),
    ):
        calling = await asyncio.create_subprocess_exec(
            str(program),
            f"127.0.0.1:{server.port}",
            CALL,
            str(tmp_path / "sound.slin"),
            stdout=asyncio.subprocess.PIPE,
        )
        call_id = (await gateway.started())[0].call_id
        try:
            await gateway.switchboard.play(call_id, speech)
        except NotFound:
            pytest.fail("the call ended before our speech did")
        told = (await calling.communicate())[0].decode().strip()
        ended = await gateway.ended(call_id)

    assert told == "frames=25 bytes=8000 hung_up=true"
    assert (ended.reason, ended.duration_ms) == (EndReason.HUNG_UP, 2_000)
    assert disk.sound[disk.key(call_id, Leg.CALLER)] == sound
    assert gateway.gateway.find("audiosocket", CALL) == call_id
