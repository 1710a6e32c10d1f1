"""Drive a real rtpengine over its ng protocol: a cookie, a space, and a bencoded dictionary over UDP."""

import asyncio
import secrets
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PROGRAM = shutil.which("rtpengine")
ANSWER_S = 2.0
Word = str | int | list["Word"] | dict[str, "Word"]


def bencoded(value: Word) -> bytes:
    match value:
        case int():
            return b"i%de" % value
        case str():
            data = value.encode()
            return b"%d:%s" % (len(data), data)
        case list():
            return b"l" + b"".join(bencoded(one) for one in value) + b"e"
        case dict():
            pairs = (bencoded(name) + bencoded(value[name]) for name in sorted(value))
            return b"d" + b"".join(pairs) + b"e"


def bdecoded(data: bytes) -> Word:
    return _decoded(data, 0)[0]


def _decoded(data: bytes, at: int) -> tuple[Word, int]:
    kind = data[at : at + 1]
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1 : end]), end + 1
    if kind not in (b"l", b"d"):
        colon = data.index(b":", at)
        end = colon + 1 + int(data[at:colon])
        return data[colon + 1 : end].decode(), end
    values: list[Word] = []
    at += 1
    while data[at : at + 1] != b"e":
        value, at = _decoded(data, at)
        values.append(value)
    if kind == b"l":
        return values, at + 1
    return {str(name): value for name, value in zip(values[::2], values[1::2], strict=True)}, at + 1


class Rtpengine:
    """One running rtpengine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect(("127.0.0.1", port))

    async def ask(self, command: str, **fields: Word) -> dict[str, Word]:
        """Send a command; its answer. Raises AssertionError when it says no."""
        cookie = secrets.token_hex(4).encode()
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(
            self._socket, cookie + b" " + bencoded({"command": command, **named})
        )
        async with asyncio.timeout(ANSWER_S):
            answer = await loop.sock_recv(self._socket, 65_535)
        told = bdecoded(answer.removeprefix(cookie + b" "))
        assert isinstance(told, dict)
        assert told["result"] in ("ok", "pong"), told
        return told

    async def answers(self) -> bool:
        try:
            await self.ask("ping")
        except (OSError, TimeoutError):
            return False
        return True

    def close(self) -> None:
        self._socket.close()


@asynccontextmanager
async def running_rtpengine(
    folder: Path, *, ng_port: int, first_port: int
) -> AsyncIterator[Rtpengine]:
    """In userspace, without its kernel module and without Redis."""
    assert PROGRAM is not None
    program = await asyncio.create_subprocess_exec(
        PROGRAM,
        "--config-file=none",
        "--foreground",
        "--log-stderr",
        "--table=-1",
        "--interface=127.0.0.1",
        f"--listen-ng=127.0.0.1:{ng_port}",
        f"--port-min={first_port}",
        f"--port-max={first_port + 40}",
        f"--pidfile={folder / 'rtpengine.pid'}",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    engine = Rtpengine(ng_port)
    try:
        async with asyncio.timeout(10):
            while not await engine.answers():
                assert program.returncode is None, "rtpengine did not start"
                await asyncio.sleep(0.1)
        yield engine
    finally:
        engine.close()
        if program.returncode is None:
            program.terminate()
            async with asyncio.timeout(5):
                await program.wait()
