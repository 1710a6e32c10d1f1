"""Stand between a client and a house as a network that goes dead: nothing passes any more, and nobody is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

BLOCK_BYTES = 64 * 1024


class StoppingWire:
    """A TCP relay. Once it has stopped, bytes stay where they are and neither side hears of the other's end."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self._far_port = port
        self._passes = asyncio.Event()
        self._passes.set()
        self._writers: list[asyncio.StreamWriter] = []

    def stop(self) -> None:
        self._passes.clear()

    def tear(self) -> None:
        """The end of a test: now both sides are told."""
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, opened: asyncio.Event) -> None:
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        async with server:
            self.port = server.sockets[0].getsockname()[1]
            opened.set()
            await server.serve_forever()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._far_port)
        self._writers += (writer, far_writer)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._carry(reader, far_writer))
            both.create_task(self._carry(far_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while True:
                await self._passes.wait()
                block = await reader.read(BLOCK_BYTES)
                await self._passes.wait()
                if not block:
                    break
                writer.write(block)
                await writer.drain()
            writer.write_eof()


@asynccontextmanager
async def a_stopping_wire_to(port: int) -> AsyncIterator[StoppingWire]:
    wire, opened = StoppingWire(port), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(wire.serve(opened))
        await opened.wait()
        try:
            yield wire
        finally:
            wire.tear()
            serving.cancel()
