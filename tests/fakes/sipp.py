"""Run sipp, a SIP and RTP test tool that is not ours, with a scenario of ours."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

SCENARIOS = Path(__file__).parents[1] / "strangers" / "sip"
PCAPS = Path("/usr/share/sip-tester")
WITHIN_S = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class SippResult:
    """How its scenario went: 0 when every call was as written."""

    status: int
    said: str


def is_installed() -> bool:
    return shutil.which("sipp") is not None


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def sipp(scenario: str, target: str, folder: Path, *options: str) -> SippResult:
    """Call ``host:port`` and wait for the end."""
    process = await _start(scenario, folder, target, *options)
    return await _finish(process, folder)


@asynccontextmanager
async def answering_sipp(
    scenario: str, port: int, folder: Path, *options: str, calls: int = 1
) -> AsyncIterator["asyncio.Future[SippResult]"]:
    """Wait for calls on a port; the future tells how they went."""
    process = await _start(scenario, folder, "-p", str(port), "-m", str(calls), *options)
    outcome: asyncio.Future[SippResult] = asyncio.get_running_loop().create_future()
    await asyncio.sleep(0.3)  # it has no other way to say that it listens
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_tell(process, folder, outcome))
            yield outcome
    finally:
        if process.returncode is None:
            process.kill()


async def _start(scenario: str, folder: Path, *options: str) -> asyncio.subprocess.Process:
    if not (folder / "pcap").exists():
        (folder / "pcap").symlink_to(PCAPS)
    return await asyncio.create_subprocess_exec(
        "sipp",
        *("-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-nostdin"),
        *("-trace_err", "-error_file", "errors.txt", "-timeout", f"{WITHIN_S - 2}s"),
        *(() if "-m" in options else ("-m", "1")),
        *options,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def _tell(
    process: asyncio.subprocess.Process, folder: Path, outcome: "asyncio.Future[SippResult]"
) -> None:
    result = await _finish(process, folder)
    if not outcome.done():
        outcome.set_result(result)


async def _finish(process: asyncio.subprocess.Process, folder: Path) -> SippResult:
    try:
        async with asyncio.timeout(WITHIN_S):
            status = await process.wait()
    except TimeoutError:
        process.kill()
        status = await process.wait()
    errors = folder / "errors.txt"
    return SippResult(status=status, said=errors.read_text() if errors.exists() else "")
