"""Send many two-leg calls with next to no work of our own, to a gateway or to a bare loop.

Run as a process: ``python -m bench.gateway.raw_load ORDER_JSON``. It tells when every call is open, sends for as many
seconds as it is told, and tells how many messages it sent. All calls send at the same beat of 20 ms, as the channels of
one switch do.
"""

import asyncio
import json
import select
import socket
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import chain

import httpx

from bench.gateway.bare import HOST
from bench.gateway.beats import Beat, beats_of
from bench.gateway.loads import Transport
from bench.gateway.openings import OPENINGS, Site, opened_websocket
from bench.gateway.process import orders, tell

BEAT_S = 0.02
FAR_SIDE_WITHIN_S = 5.0
LINGER_S = 0.5  # what is on its way is let arrive before sockets close


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOrder:
    """What is wanted. ``bare_ports`` are a bare loop's; without them the calls go to the product.

    With ``is_spread`` every call has its own moment within the 20 ms, as clients with clocks of their own do.
    """

    wire: str
    transport: str
    calls: int
    sockets: int
    seconds: float
    product: str = ""
    audiosocket_port: int = 0
    bare_ports: tuple[int, ...] = ()
    is_spread: bool = False


async def load(order: LoadOrder) -> None:
    """Until everything is sent."""
    beats = beats_of(order.wire, order.seconds)
    async with AsyncExitStack() as connections, httpx.AsyncClient(trust_env=False) as http:
        site = Site(
            product=order.product,
            audiosocket_port=order.audiosocket_port,
            connections=connections,
            http=http,
        )
        calls = [await _opened(order, site, number) for number in range(order.calls)]
        tell(opened=len(calls))
        await (await orders()).readline()
        tell(sent=await asyncio.to_thread(_send, calls, beats, order.is_spread))
        await asyncio.sleep(LINGER_S)
        for each in chain.from_iterable(calls):
            each.close()


async def _opened(order: LoadOrder, site: Site, number: int) -> list[socket.socket]:
    if not order.bare_ports:
        return await OPENINGS[order.wire](site)
    transport = Transport(order.transport)
    if transport is Transport.UDP:
        ports = order.bare_ports[number * order.sockets : (number + 1) * order.sockets]
        return [_udp(port) for port in ports]
    if transport is Transport.TCP:
        return [_tcp(order.bare_ports[0]) for _ in range(order.sockets)]
    bare = Site(
        product=f"http://{HOST}:{order.bare_ports[0]}",
        audiosocket_port=0,
        connections=site.connections,
        http=site.http,
    )
    return [await opened_websocket(bare, "/") for _ in range(order.sockets)]


def _udp(port: int) -> socket.socket:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setblocking(False)
    sender.connect((HOST, port))
    return sender


def _tcp(port: int) -> socket.socket:
    sender = socket.create_connection((HOST, port))
    sender.setblocking(False)
    return sender


def _send(calls: list[list[socket.socket]], beats: list[Beat], is_spread: bool) -> int:
    """On a thread of its own: nothing else may take its time."""
    began, sent = time.monotonic(), 0
    for number, beat in enumerate(beats):
        for place, call in enumerate(calls):
            if is_spread or place == 0:
                moment = number + place / len(calls)
                time.sleep(max(0.0, began + moment * BEAT_S - time.monotonic()))
            for each, messages in zip(call, beat, strict=True):
                for message in messages:
                    _push(each, message)
                    sent += 1
    return sent


def _push(connected: socket.socket, message: bytes) -> None:
    """All of it; a far side that is behind is waited for, so that the beat slips and nothing is lost by us."""
    left = memoryview(message)
    while left:
        try:
            left = left[connected.send(left) :]
        except BlockingIOError:
            select.select([], [connected], [], FAR_SIDE_WITHIN_S)


if __name__ == "__main__":
    asyncio.run(load(LoadOrder(**json.loads(sys.argv[1]))))
