"""Run a real Asterisk, if this machine has one with chan_websocket, in a folder and on a port of its own."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

STARTS_WITHIN_S = 15
# Debian 12 has no package: a build from source says here where its program is.
PROGRAM_VARIABLE = "ASTERISK_PROGRAM"

MODULES = """
[modules]
autoload = no
load = res_timing_timerfd.so
load = res_sorcery_config.so
load = res_sorcery_memory.so
load = res_http_websocket.so
load = res_websocket_client.so
load = codec_ulaw.so
load = codec_alaw.so
load = codec_resample.so
load = format_pcm.so
load = bridge_simple.so
load = app_echo.so
load = app_milliwatt.so
load = app_dial.so
load = app_verbose.so
load = app_senddtmf.so
load = pbx_config.so
load = res_clioriginate.so
load = chan_websocket.so
load = res_stasis.so
load = res_stasis_answer.so
load = res_stasis_playback.so
load = res_stasis_recording.so
load = res_stasis_snoop.so
load = app_stasis.so
load = res_stasis_broadcast.so
load = res_ari.so
load = res_ari_model.so
load = res_ari_channels.so
load = res_ari_bridges.so
load = res_ari_events.so
"""
DIAL_PLAN = """
[default]
exten = echo,1,Answer()
same = n,Echo()
exten = tone,1,Answer()
same = n,Milliwatt()
exten = keys,1,Answer()
same = n,Wait(0.3)
same = n,SendDTMF(159)
same = n,Wait(20)
exten = line,1,Answer()
same = n,Wait(20)
"""
ARI = """
[general]
enabled = yes
[hotline]
type = user
password = hotline
"""
ARI_KEY = "hotline:hotline"


def asterisk_program() -> Path | None:
    """Where it is; None when this machine has none, or one without chan_websocket."""
    found = os.environ.get(PROGRAM_VARIABLE) or shutil.which("asterisk")
    if found is None or _modules(Path(found)) is None:
        return None
    return Path(found)


def _modules(program: Path) -> Path | None:
    folders = (program.parent.parent / "lib/asterisk/modules", Path("/usr/lib/asterisk/modules"))
    return next((folder for folder in folders if (folder / "chan_websocket.so").exists()), None)


PROGRAM = asterisk_program()
needs_asterisk = pytest.mark.skipif(
    PROGRAM is None,
    reason=f"no Asterisk with chan_websocket; docs/runbooks/asterisk.md builds one, {PROGRAM_VARIABLE} names it",
)


def free_port() -> int:
    """A TCP port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asterisk:
    """A running one. ``http_port`` is where it takes media WebSockets."""

    program: Path
    settings: Path
    http_port: int

    async def say(self, command: str) -> str:
        """What its console answers."""
        console = await asyncio.create_subprocess_exec(
            str(self.program),
            "-C",
            str(self.settings),
            "-rx",
            command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        answer, _ = await console.communicate()
        return answer.decode(errors="replace")

    async def originate(self, channel: str, extension: str) -> None:
        await self.say(f"channel originate {channel} extension {extension}@default")

    async def version(self) -> str:
        return (await self.say("core show version")).strip()


@asynccontextmanager
async def running_asterisk(
    program: Path, folder: Path, *, hotline_url: str, http_port: int
) -> AsyncIterator[Asterisk]:
    """It knows us as the connection ``hotline``."""
    settings = _write_settings(program, folder, hotline_url=hotline_url, http_port=http_port)
    process = await asyncio.create_subprocess_exec(
        str(program),
        "-C",
        str(settings),
        "-f",
        "-n",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    asterisk = Asterisk(program=program, settings=settings, http_port=http_port)
    try:
        async with asyncio.timeout(STARTS_WITHIN_S):
            while "fully booted" not in await asterisk.say("core waitfullybooted"):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        yield asterisk
    finally:
        if process.returncode is None:
            process.kill()  # a clean end takes 10 s while somebody's HTTP connection is open
        await process.wait()


def _write_settings(program: Path, folder: Path, *, hotline_url: str, http_port: int) -> Path:
    for name in ("etc", "run", "log", "lib", "spool", "db"):
        (folder / name).mkdir()
    files = {
        "asterisk.conf": _paths(program, folder),
        "modules.conf": MODULES,
        "extensions.conf": DIAL_PLAN,
        "logger.conf": "[general]\n[logfiles]\nfull = notice,warning,error,verbose\n",
        "http.conf": f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {http_port}\n",
        "ari.conf": ARI,
        "websocket_client.conf": _connection(hotline_url),
    }
    for name, text in files.items():
        (folder / "etc" / name).write_text(text)
    return folder / "etc" / "asterisk.conf"


def _paths(program: Path, folder: Path) -> str:
    return f"""
[directories]
astetcdir = {folder}/etc
astmoddir = {_modules(program)}
astvarlibdir = {folder}/lib
astdbdir = {folder}/db
astkeydir = {folder}/lib
astdatadir = {folder}/lib
astagidir = {folder}/lib
astspooldir = {folder}/spool
astrundir = {folder}/run
astlogdir = {folder}/log
[options]
verbose = 3
"""


def _connection(hotline_url: str) -> str:
    return f"""
[hotline]
type = websocket_client
uri = {hotline_url}
protocols = media
connection_type = per_call_config
connection_timeout = 2000
reconnect_attempts = 2
tls_enabled = no
"""
