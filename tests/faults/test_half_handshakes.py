"""Connections that never become calls, many and slow: they hold no place for long and keep nobody out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from domain.call import EndReason
from tests.faults.house import fault_house
from tests.faults.talks import talking, undisturbed
from tests.faults.vandals import DOORS
from tests.faults.wires import AUDIO_FORK, EVERY_WIRE

OPENING_MS = 300
MANY = 1_000
SILENT = 200
HALF_A_HANDSHAKE = b"GET /wire/audio-fork HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"


def subprotocols_of(door: str) -> list[Subprotocol] | None:
    return [Subprotocol("media")] if door.endswith("asterisk") else None


@asynccontextmanager
async def half_open(port: int, count: int, said: bytes) -> AsyncIterator[None]:
    """So many connections that say something and then nothing more."""
    async with AsyncExitStack() as stack:
        for _ in range(count):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(abort, writer)
            writer.write(said)
        yield


def abort(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize("door", DOORS)
async def test_a_socket_that_opens_and_says_nothing_loses_its_place(door: str) -> None:
    async with fault_house(max_calls=1, opening_ms=OPENING_MS) as house:
        url = house.address.replace("http", "ws", 1) + door
        async with connect(url, subprotocols=subprotocols_of(door)) as client:
            async with asyncio.timeout(10):
                await client.wait_closed()
        async with talking(house, AUDIO_FORK) as talk:
            await talk.is_heard(500)
        ended = await talk.ended()

    assert ended.reason is EndReason.HUNG_UP


async def test_an_audiosocket_that_says_nothing_loses_its_place() -> None:
    async with fault_house(max_calls=1, opening_ms=OPENING_MS) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.audiosocket_port)
        async with asyncio.timeout(10):
            said = await reader.read()
        writer.close()
        async with talking(house, AUDIO_FORK) as talk:
            await talk.is_heard(500)

    assert said in (b"", b"\0\0\0")


@pytest.mark.parametrize("wire", ["http", "audiosocket", "sip"])
async def test_a_thousand_half_open_connections_keep_nobody_out_and_disturb_nobody(
    wire: str,
) -> None:
    async with fault_house(max_calls=2_000, opening_ms=OPENING_MS) as house:
        said = {"http": HALF_A_HANDSHAKE, "audiosocket": b"\1\0", "sip": b"INVITE sip:a@b"}[wire]
        port = {
            "http": house.port,
            "audiosocket": house.audiosocket_port,
            "sip": house.sip_port,
        }[wire]
        async with undisturbed(house), half_open(port, MANY, said):
            for open_wire in EVERY_WIRE:
                if open_wire.name != wire:
                    async with talking(house, open_wire, title=f"during {open_wire.name}") as talk:
                        await talk.is_heard(300)
                    assert (await talk.ended()).reason is EndReason.HUNG_UP


async def test_many_sockets_that_say_nothing_are_all_sent_away() -> None:
    async with (
        fault_house(max_calls=SILENT + 2, opening_ms=OPENING_MS) as house,
        undisturbed(house),
    ):
        url = house.address.replace("http", "ws", 1) + DOORS[0]
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(connect(url, compression=None, open_timeout=30))
                for _ in range(SILENT)
            ]
            async with asyncio.timeout(30):
                for client in clients:
                    await client.wait_closed()

    assert {client.close_code for client in clients} == {1003}
    assert house.gateway.counters.calls_refused >= len(clients)
