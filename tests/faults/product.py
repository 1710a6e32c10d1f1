"""Talk to a house in a process of its own, and look at that process from outside."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from domain.audio import GapCause
from domain.call import EndReason
from domain.ids import CallId

ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 60
ANSWERS_WITHIN_S = 20


class State(BaseModel):
    """What it knows of its calls: titles lead to ids, ids to how they ended.

    A gap is call, listener, cause, start and end in ms.
    """

    started: dict[str, CallId]
    ended: dict[CallId, EndReason]
    heard: dict[CallId, int]
    gaps: list[tuple[CallId, str, GapCause, int, int]]
    messages: int


class Doors(BaseModel):
    """Where its wires are."""

    address: str
    at: dict[str, str]


@dataclass(slots=True, kw_only=True)
class Product:
    """A running house."""

    process: asyncio.subprocess.Process
    doors: Doors

    @property
    def address(self) -> str:
        return self.doors.address

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def at(self, wire: str) -> str:
        return self.doors.at[wire]

    async def state(self) -> State:
        assert self.process.stdin is not None
        self.process.stdin.write(b"state\n")
        await self.process.stdin.drain()
        return State.model_validate_json(await _line(self.process, ANSWERS_WITHIN_S))

    async def until(self, that: Callable[[State], bool]) -> State:
        """Ask until it is so."""
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            while not that(state := await self.state()):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        return state

    def resident_bytes(self) -> int:
        """What it holds of this machine's memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


def served(folder: Path, *, key: bytes | None = None) -> list[str]:
    """The command that runs it with its recordings there."""
    return [
        sys.executable,
        "-m",
        "tests.faults.served",
        str(folder),
        *([] if key is None else [key.hex()]),
    ]


@asynccontextmanager
async def running(command: Sequence[str]) -> AsyncIterator[Product]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        doors = Doors.model_validate_json(await _line(process, STARTS_WITHIN_S))
        yield Product(process=process, doors=doors)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.communicate()


async def _line(process: asyncio.subprocess.Process, wait_s: float) -> bytes:
    assert process.stdout is not None
    async with asyncio.timeout(wait_s):
        return await process.stdout.readline()
