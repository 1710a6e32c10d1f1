"""Open calls on a gateway as each wire's telephone system does, and hand over the bare sockets."""

import json
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench.gateway.beats import RATE_HZ, srtp_crypto
from media_gateway.wires import twilio_switch
from media_gateway.wires.asterisk_media import CODECS, SUBPROTOCOL, Spelling
from media_gateway.wires.asterisk_switch import EventWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the gateway is. ``connections`` keeps what must live as long as the load."""

    product: str
    audiosocket_port: int
    connections: AsyncExitStack
    http: httpx.AsyncClient

    @property
    def host(self) -> str:
        return urlsplit(self.product).hostname or ""

    @property
    def websocket(self) -> str:
        return self.product.replace("http", "ws", 1)


Open = Callable[[Site], Awaitable[list[socket.socket]]]


async def opened_websocket(
    site: Site, path: str, *texts: str, subprotocol: str | None = None, answered: bool = False
) -> socket.socket:
    """A WebSocket that has said its opening; from now on its frames are written by hand."""
    connection = await site.connections.enter_async_context(
        connect(
            site.websocket + path,
            compression=None,
            proxy=None,
            ping_interval=None,
            close_timeout=1,
            subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
        )
    )
    for text in texts:
        await connection.send(text)
    if answered:
        await connection.recv()
    return bare(connection.transport.get_extra_info("socket"))


def bare(connected: socket.socket) -> socket.socket:
    """The same connection as a socket of its own."""
    twin = socket.socket(fileno=os.dup(connected.fileno()))
    twin.setblocking(False)
    return twin


async def _audio_fork(site: Site) -> list[socket.socket]:
    text = json.dumps({"sampleRate": RATE_HZ, "mixType": "stereo"})
    return [await opened_websocket(site, "/wire/audio-fork", text)]


async def _audio_stream(site: Site) -> list[socket.socket]:
    text = json.dumps({"sampleRate": RATE_HZ, "mixType": "stereo"})
    return [await opened_websocket(site, "/wire/audio-stream", text)]


async def _audiohook(site: Site) -> list[socket.socket]:
    media = {"type": "audio", "format": "PCMU", "channels": ["external", "internal"]}
    opening = {
        "version": "2",
        "id": str(uuid4()),
        "type": "open",
        "seq": 1,
        "serverseq": 0,
        "position": "PT0S",
        "parameters": {
            "organizationId": str(uuid4()),
            "conversationId": str(uuid4()),
            "participant": {"id": str(uuid4()), "ani": "", "aniName": "", "dnis": ""},
            "media": [media | {"rate": RATE_HZ}],
        },
    }
    return [await opened_websocket(site, "/wire/audiohook", json.dumps(opening), answered=True)]


async def _twilio(site: Site) -> list[socket.socket]:
    writer = twilio_switch.StreamWriter(stream_id="MZ0", call_id=f"CA{uuid4().hex}")
    start = writer.start(("inbound", "outbound"), {})
    return [await opened_websocket(site, "/wire/twilio", writer.connected(), start)]


async def _asterisk(site: Site) -> list[socket.socket]:
    name = uuid4().hex
    return [await _asterisk_leg(site, name, leg) for leg in ("caller", "agent")]


async def _asterisk_leg(site: Site, name: str, leg: str) -> socket.socket:
    writer = EventWriter(spelling=Spelling.PLAIN, channel_id=f"{name}.{leg}")
    start = writer.media_start(connection_id="load", format_name="ulaw", codec=CODECS["ulaw"])
    path = f"/wire/asterisk?call={name}&leg={leg}"
    return await opened_websocket(site, path, start, subprotocol=SUBPROTOCOL)


async def _audiosocket(site: Site) -> list[socket.socket]:
    name = uuid4().hex
    return [await _audiosocket_leg(site, name, leg) for leg in ("caller", "agent")]


async def _audiosocket_leg(site: Site, name: str, leg: str) -> socket.socket:
    uuid = uuid4()
    told = {"uuid": str(uuid), "call": name, "leg": leg}
    answer = await site.http.post(site.product + "/wire/audiosocket/legs", json=told)
    answer.raise_for_status()
    connected = socket.create_connection((site.host, site.audiosocket_port))
    connected.sendall(struct.pack(">BH", 0x01, 16) + uuid.bytes)
    connected.setblocking(False)
    return connected


async def _rtp(site: Site) -> list[socket.socket]:
    return await _rtp_legs(site, {})


async def _srtp(site: Site) -> list[socket.socket]:
    return await _rtp_legs(site, {"crypto": srtp_crypto()})


async def _rtp_legs(site: Site, extra: Mapping[str, str]) -> list[socket.socket]:
    legs = [{"leg": leg, "format": "PCMU", **extra} for leg in ("caller", "agent")]
    answer = await site.http.post(site.product + "/wire/rtp", json={"legs": legs})
    answer.raise_for_status()
    sockets = []
    for leg in answer.json()["legs"]:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.setblocking(False)
        sender.connect((leg["host"], leg["port"]))
        sockets.append(sender)
    return sockets


OPENINGS: Mapping[str, Open] = {
    "audio_fork": _audio_fork,
    "audio_stream": _audio_stream,
    "audiohook": _audiohook,
    "twilio": _twilio,
    "asterisk": _asterisk,
    "audiosocket": _audiosocket,
    "rtp": _rtp,
    "srtp": _srtp,
}
