"""Receive and forget, as a bare loop of each socket library does: the peer of a wire's cost.

Run as a process: ``python -m bench.gateway.bare TRANSPORT``. It tells its port, and on each order ``mark`` how many
messages it has received and what CPU time it has used.
"""

import asyncio
import sys
from contextlib import AsyncExitStack

from websockets.asyncio.server import ServerConnection, serve

from bench.gateway.loads import Transport
from bench.gateway.process import cpu_s, orders, tell

HOST = "127.0.0.1"


class Tally:
    """How much came."""

    def __init__(self) -> None:
        self.messages = 0

    async def drain_websocket(self, connection: ServerConnection) -> None:
        async for _ in connection:
            self.messages += 1


class BareTcp(asyncio.Protocol):
    """Counts chunks; cutting them into frames would be a wire's work."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def data_received(self, data: bytes) -> None:
        self._tally.messages += 1


class BareUdp(asyncio.DatagramProtocol):
    """Counts datagrams."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._tally.messages += 1


async def receive(transport: Transport, sockets: int) -> None:
    """Until the parent goes. UDP has one socket a stream, as every RTP receiver has."""
    tally = Tally()
    async with AsyncExitStack() as stack:
        tell(ports=await _listen(transport, sockets, tally, stack))
        reader = await orders()
        while await reader.readline():
            tell(messages=tally.messages, cpu_s=cpu_s())


async def _listen(
    transport: Transport, sockets: int, tally: Tally, stack: AsyncExitStack
) -> list[int]:
    loop = asyncio.get_running_loop()
    if transport is Transport.WEBSOCKET:
        server = await stack.enter_async_context(
            serve(tally.drain_websocket, HOST, 0, compression=None)
        )
        return [next(iter(server.sockets)).getsockname()[1]]
    if transport is Transport.TCP:
        listener = await loop.create_server(lambda: BareTcp(tally), HOST, 0, backlog=1024)
        stack.callback(listener.close)
        return [listener.sockets[0].getsockname()[1]]
    ports = []
    for _ in range(sockets):
        endpoint, _protocol = await loop.create_datagram_endpoint(
            lambda: BareUdp(tally), local_addr=(HOST, 0)
        )
        stack.callback(endpoint.close)
        ports.append(endpoint.get_extra_info("sockname")[1])
    return ports


if __name__ == "__main__":
    asyncio.run(receive(Transport(sys.argv[1]), int(sys.argv[2])))
