"""Let a measured process talk with its parent in JSON lines, and weigh itself."""

import asyncio
import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ANSWER_WITHIN_S = 60.0


def cpu_s() -> float:
    """User and system time this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def tell(**facts: Any) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def orders() -> asyncio.StreamReader:
    """What the parent writes: one word a line; the end of it is the end of the work."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


class Child:
    """One process of the bench, from the parent's side."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str, *arguments: str, log: Path) -> "Child":
        """Run ``python -m bench.gateway.MODULE ARGUMENTS``; what it complains about goes to ``log``."""
        with log.open("ab") as complaints:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                f"bench.gateway.{module}",
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=complaints,
            )
        return cls(process)

    async def hear(self, within_s: float = ANSWER_WITHIN_S) -> Mapping[str, Any]:
        """The next line it tells. Raises TimeoutError, and EOFError when it has gone."""
        if self._process.stdout is None:
            raise EOFError
        async with asyncio.timeout(within_s):
            line = await self._process.stdout.readline()
        if not line:
            raise EOFError("a process of the bench ended early; its log says why")
        facts: Mapping[str, Any] = json.loads(line)
        return facts

    async def ask(self, order: str, within_s: float = ANSWER_WITHIN_S) -> Mapping[str, Any]:
        """Give an order and hear the answer."""
        if self._process.stdin is not None:
            self._process.stdin.write(order.encode() + b"\n")
            await self._process.stdin.drain()
        return await self.hear(within_s)

    async def end(self) -> None:
        """Let it end; insist when it does not."""
        if self._process.returncode is not None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
