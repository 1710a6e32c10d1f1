"""Speak with one child over its socket: one order, one answer, log lines in between."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from asr.workshop.parcel import LogLine, Message, Reply, Unwrapper, wrap

log = logging.getLogger(__name__)

_LONGEST_COMPLAINT = 500


class Wire(asyncio.Protocol):
    """The parent's end. ``on_gone`` is called once, when the child's end is closed."""

    def __init__(self, on_gone: Callable[[], None]) -> None:
        self._on_gone = on_gone
        self._unwrapper = Unwrapper()
        self._transport: asyncio.WriteTransport | None = None
        self._reply: asyncio.Future[Reply] | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    async def ask(
        self,
        message: Message,
        *,
        within_s: float,
        glance_s: float | None = None,
        is_still: Callable[[], bool] = lambda: False,
    ) -> Reply:
        """Every ``glance_s`` it is looked after whether the child does nothing.

        Raises TimeoutError when it does nothing or takes too long, and EOFError when it has gone.
        """
        if self._transport is None:
            raise EOFError
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._reply = reply
        self._transport.writelines(wrap(message))
        try:
            async with asyncio.timeout(within_s):
                while not (await asyncio.wait((reply,), timeout=glance_s))[0]:
                    if is_still():
                        raise TimeoutError
            return reply.result()
        finally:
            reply.cancel()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        for message in self._unwrapper.feed(data):
            if isinstance(message, LogLine):
                write_down(message)
            elif self._reply is not None and not self._reply.done():
                self._reply.set_result(cast(Reply, message))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(EOFError())
        self._on_gone()


class Complaints(asyncio.Protocol):
    """What a child writes to its terminal becomes log lines: native libraries and crashes know no other way."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._rest = b""
        self._transport: asyncio.BaseTransport | None = None
        self._is_over = asyncio.Event()

    async def read_out(self, within_s: float) -> None:
        """Wait for its last words, and close."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s if self._transport else 0):
                await self._is_over.wait()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[-_LONGEST_COMPLAINT:]
        for line in lines:
            self._write(line)

    def connection_lost(self, exc: Exception | None) -> None:
        self._write(self._rest)
        self._is_over.set()

    def _write(self, line: bytes) -> None:
        text = line.decode(errors="replace").strip()
        if text:
            complaint = {"machine_pid": self._pid, "line": text[:_LONGEST_COMPLAINT]}
            log.warning("a machine's process complains", extra=complaint)


def write_down(line: LogLine) -> None:
    """Let the child's log line pass through the parent's loggers, as if written here."""
    logger = logging.getLogger(line.logger)
    if logger.isEnabledFor(line.level):
        fields = {
            **line.extra,
            "name": line.logger,
            "levelno": line.level,
            "levelname": logging.getLevelName(line.level),
            "msg": line.message,
            "args": (),
        }
        logger.handle(logging.makeLogRecord(fields))
