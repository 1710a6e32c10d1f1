"""Bring noise and almost-right messages to every port of a house."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from bench.fuzz.mutation import mutants
from bench.fuzz.targets import named
from tests.faults.house import FaultHouse

DOORS = (
    "/wire/audio-fork",
    "/wire/audio-stream",
    "/wire/twilio",
    "/wire/asterisk",
    "/wire/audiohook",
)
POSTED = ("/wire/rtp", "/wire/audiosocket/legs", "/wire/file")
MESSAGES = 30

Vandal = Callable[[FaultHouse], Awaitable[None]]


def noise_bytes(count: int, *, seed: int = 1) -> list[bytes]:
    """So many pieces of nothing, from a byte to a kilobyte."""
    dice = Random(seed)  # noqa: S311 - noise, the same every time
    return [dice.randbytes(dice.choice((1, 7, 64, 320, 1_000))) for _ in range(count)]


def almost(*targets: str, count: int = MESSAGES) -> list[bytes]:
    """What was right once and has been spoiled since."""
    return [
        data
        for number, name in enumerate(targets)
        for data in mutants(named(name).seeds, count, seed=number)
    ]


def almost_streams(target: str) -> list[bytes]:
    """The same of a stream, without the byte that tells a fuzzer how to cut it."""
    return [data[1:] for data in almost(target)]


async def noise_at_http(house: FaultHouse) -> None:
    for data in noise_bytes(MESSAGES):
        await say_over_tcp(house.port, data)
    await say_over_tcp(house.port, b"GET /wire/audio-fork HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
    await say_over_tcp(house.port, b"POST /wire/rtp HTTP/1.1\r\nContent-Length: -5\r\n\r\nxx")


async def noise_at_http_doors(house: FaultHouse) -> None:
    bodies = [*noise_bytes(10), *almost("rtp.request", "audiosocket.leg", "file.upload", count=10)]
    async with httpx.AsyncClient(trust_env=False, base_url=house.address) as client:
        for path in POSTED:
            for body in bodies:
                answer = await client.post(path, content=body)
                assert answer.status_code in (201, 202, 400, 409, 413, 415, 422, 503), answer.text
        for query in ("", "?wire=x", "?wire=%00&wire_call_id=%ff", "?wire_call_id=" + "9" * 2_000):
            assert (await client.get("/wire/calls" + query)).status_code in (400, 404, 422)
        for path in ("/wire/rtp/x", "/wire/file/x"):
            assert (await client.delete(path)).status_code == 404


async def noise_in_sockets(house: FaultHouse) -> None:
    """Texts that are none, sound that is none, before and after an opening that is right."""
    openings = almost("audio_fork.opening", "twilio.text", "asterisk.event", "audiohook.session")
    for door in DOORS:
        for text in openings[:: len(DOORS)]:
            await say_in_a_socket(house, door, text.decode("utf-8", "replace"))
        for data in noise_bytes(4):
            await say_in_a_socket(house, door, data)
        for name in ("audio_fork.opening", "twilio.stream", "audiohook.session"):
            lines = named(name).seeds[0].decode().split("\n")
            noise = noise_bytes(5, seed=len(door))
            await say_in_a_socket(house, door, *lines[:2], *noise, *lines[2:], "\0", "{", "[]")


async def noise_at_audiosocket(house: FaultHouse) -> None:
    port = house.audiosocket_port
    for data in [*noise_bytes(MESSAGES), *almost_streams("audiosocket.stream")]:
        await say_over_tcp(port, data)


async def noise_at_sip(house: FaultHouse) -> None:
    telling = [*almost("sip.message", "sip.sdp"), *almost_streams("sip.stream")]
    say_over_udp(house.sip_port, [*noise_bytes(MESSAGES), *telling])
    for data in [*noise_bytes(5), *telling[::5]]:
        await say_over_tcp(house.sip_port, data)


async def noise_at_rtp(house: FaultHouse) -> None:
    """Around a call that asked for ports and was never spoken on."""
    async with httpx.AsyncClient(trust_env=False, base_url=house.address) as client:
        asked = {"legs": [{"leg": "caller", "format": "PCMU"}], "title": "noise"}
        taken = (await client.post("/wire/rtp", json=asked)).json()
        (leg,) = taken["legs"]
        for port in (leg["port"], leg["rtcp_port"]):
            say_over_udp(port, [*noise_bytes(MESSAGES), *almost("rtp.packet", "rtp.rtcp")])
            await asyncio.sleep(0.05)
        await client.delete(f"/wire/rtp/{taken['call_id']}")


EVERYWHERE: tuple[Vandal, ...] = (
    noise_at_http,
    noise_at_http_doors,
    noise_in_sockets,
    noise_at_audiosocket,
    noise_at_sip,
    noise_at_rtp,
)


async def say_over_tcp(port: int, data: bytes) -> None:
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.02):
                await reader.read()
        writer.close()
        await writer.wait_closed()


def say_over_udp(port: int, datagrams: Sequence[bytes]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as speaker:
        for data in datagrams:
            speaker.sendto(data, ("127.0.0.1", port))


async def say_in_a_socket(house: FaultHouse, door: str, *messages: str | bytes) -> None:
    url = house.address.replace("http", "ws", 1) + door
    subprotocols = [Subprotocol("media")] if door.endswith("asterisk") else None
    with suppress(InvalidHandshake, ConnectionClosed, OSError):
        async with connect(url, subprotocols=subprotocols, compression=None) as client:
            for message in messages:
                await client.send(message)
