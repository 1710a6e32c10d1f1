"""Messages that are huge or never end, on every port: the house lets go of them, and grows by less than a bound."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from media_gateway.audiosocket import frames
from tests.faults.product import Product, running, served

BOUND_BYTES = 96 * 1024 * 1024
POURED_BYTES = 256 * 1024 * 1024
PIECE = bytes(256 * 1024)
OPENING = '{"sampleRate":8000,"mixType":"mono","title":"huge"}'
POUR_WITHIN_S = 30

Pouring = Callable[[Product], Awaitable[None]]


async def pieces() -> AsyncIterator[bytes]:
    for _ in range(POURED_BYTES // len(PIECE)):
        yield PIECE


async def texts() -> AsyncIterator[str]:
    async for piece in pieces():
        yield piece.decode().replace("\0", "x")


def socket_url(product: Product, path: str) -> str:
    return product.address.replace("http", "ws", 1) + path


async def one_message_without_end(product: Product) -> None:
    """Fragment after fragment of one text, where the metadata should be."""
    async with connect(socket_url(product, "/wire/audio-fork"), compression=None) as client:
        await client.send(texts())


async def sound_without_end(product: Product) -> None:
    """Fragment after fragment of one message of sound."""
    async with connect(socket_url(product, "/wire/audio-fork"), compression=None) as client:
        await client.send(OPENING)
        await client.send(pieces())


async def a_compressed_bomb(product: Product) -> None:
    """A few kilobytes on the wire that are hundreds of megabytes when they are unpacked."""
    url = socket_url(product, "/wire/audio-stream?sampleRate=8000")
    async with connect(url, compression="deflate") as client:
        await client.send(OPENING)
        for _ in range(4):
            await client.send(bytes(POURED_BYTES // 4))


async def many_texts_nobody_asked_for(product: Product) -> None:
    async with connect(socket_url(product, "/wire/twilio"), compression=None) as client:
        for _ in range(POURED_BYTES // len(PIECE)):
            await client.send("x" * len(PIECE))


async def bodies_without_end(product: Product) -> None:
    async with httpx.AsyncClient(trust_env=False, base_url=product.address) as client:
        for path in ("/wire/rtp", "/wire/audiosocket/legs"):
            with suppress(httpx.TransportError):
                await client.post(path, content=pieces())


async def headers_without_end(product: Product) -> None:
    await pour(product.address, b"GET / HTTP/1.1\r\nX-Endless: ", b"x" * len(PIECE))


async def frames_before_the_call(product: Product) -> None:
    """AudioSocket: sound, sound and sound, and never whose."""
    await pour(product.at("audiosocket"), b"", frames.frame(0x10, bytes(60_000)) * 4)


async def frames_of_no_kind(product: Product) -> None:
    opening = frames.call_frame(uuid4()) + frames.frame(0x10, bytes(320))
    await pour(product.at("audiosocket"), opening, frames.frame(0x77, bytes(60_000)) * 4)


async def a_sip_head_without_end(product: Product) -> None:
    await pour(product.at("sip-tcp"), b"INVITE sip:a@b SIP/2.0\r\nX: ", b"x" * len(PIECE))


async def a_sip_body_without_end(product: Product) -> None:
    head = b"INVITE sip:a@b SIP/2.0\r\nContent-Length: 999999999\r\n\r\n"
    await pour(product.at("sip-tcp"), head, PIECE)


async def pour(address: str, opening: bytes, piece: bytes) -> None:
    """Pour into a TCP port until it is closed on us or everything is in it."""
    parts = urlsplit(address)
    with suppress(OSError):
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write(opening)
            for _ in range(POURED_BYTES // len(piece)):
                writer.write(piece)
                await writer.drain()
        finally:
            writer.transport.abort()


@pytest.mark.parametrize(
    "pouring",
    [
        one_message_without_end,
        sound_without_end,
        a_compressed_bomb,
        many_texts_nobody_asked_for,
        bodies_without_end,
        headers_without_end,
        frames_before_the_call,
        frames_of_no_kind,
        a_sip_head_without_end,
        a_sip_body_without_end,
    ],
    ids=lambda pouring: pouring.__name__,
)
async def test_what_never_ends_is_let_go_of_and_memory_stays_bounded(
    pouring: Pouring, tmp_path: Path
) -> None:
    async with running(served(tmp_path)) as product:
        before = product.resident_bytes()
        most = before
        async with asyncio.timeout(POUR_WITHIN_S), asyncio.TaskGroup() as group:
            poured = group.create_task(poured_out(pouring, product))
            while not poured.done():
                most = max(most, product.resident_bytes())
                await asyncio.sleep(0.01)
        state = await product.state()

    assert most - before < BOUND_BYTES
    assert state.messages >= 0


async def poured_out(pouring: Pouring, product: Product) -> None:
    with suppress(ConnectionClosed, OSError):
        await pouring(product)
