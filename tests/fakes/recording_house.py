"""Run a recording server on free ports of this machine, and a raw recording client to talk to it."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from media_gateway.rtp.ports import RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.sip.server import SipServer
from media_gateway.sip.settings import SipSettings
from media_gateway.siprec.counters import SiprecCounters
from media_gateway.siprec.recording_server import RecordingServer
from media_gateway.siprec.settings import SiprecSettings
from tests.fakes.recorded_call import RecordedCall
from tests.fakes.wire_house import OpenHouse, open_house

RTP = RtpSettings(first_port=0, last_port=0)
ANSWER_S = 5.0


@dataclass(slots=True, kw_only=True)
class RecordingHouse:
    """The gateway, its SIP server and what its recordings were counted as."""

    house: OpenHouse
    server: SipServer
    counters: SiprecCounters

    @property
    def tcp_port(self) -> int:
        return self.server.ports.numbers["TCP"]

    @property
    def udp_port(self) -> int:
        return self.server.ports.numbers["UDP"]


@asynccontextmanager
async def recording_house(
    *, siprec: SiprecSettings | None = None, rtp: RtpSettings = RTP, **limits: int
) -> AsyncIterator[RecordingHouse]:
    async with open_house(lambda _: [], services=(), **limits) as house:
        recorder = RecordingServer(
            gateway=house.gateway, ports=RtpPorts(rtp), rtp=rtp, settings=siprec
        )
        server = SipServer(
            settings=SipSettings(udp_port=0, tcp_port=0),
            gateway=house.gateway,
            on_invite=(recorder,),
        )
        await server.open()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(server.run())
            await asyncio.sleep(0)
            try:
                yield RecordingHouse(house=house, server=server, counters=recorder.counters)
            finally:
                await house.gateway.drain()
                running.cancel()


@dataclass(slots=True)
class Heard:
    """A SIP message as it came: its first line, headers by lower-case name, and body."""

    line: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def code(self) -> int:
        return int(self.line.split()[1]) if self.line.startswith("SIP/2.0") else 0

    @property
    def ports(self) -> list[int]:
        """The port of every m-line, in order."""
        return [int(port) for port in re.findall(r"^m=\w+ (\d+)", self.body, re.MULTILINE)]

    def lines(self, prefix: str) -> list[str]:
        return [line for line in self.body.splitlines() if line.startswith(prefix)]


class RawClient:
    """A recording client that sends exactly the bytes it is told to, over TCP."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._call_id = f"raw-{id(self):x}"
        self._to = "<sip:recorder@127.0.0.1>"
        self._origin = "<sip:recorder@127.0.0.1>"
        self._number = 0

    @property
    def wire_call_id(self) -> str:
        return self._call_id

    def close(self) -> None:
        self._writer.close()

    async def offer(self, call: RecordedCall, *, port: int = 20_000) -> Heard:
        """Send a client's INVITE, ACK its 200, and return the final answer."""
        self._origin = call.origin
        headers = call.request_headers() | {
            "Content-Type": call.offer.content_type,
            "Accept": "application/sdp, application/rs-metadata-request",
        }
        return await self.ask(
            "INVITE", call.offer.filled(port=port), headers=headers, contact=call.contact
        )

    async def ask(
        self,
        method: str,
        body: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        contact: str = "",
    ) -> Heard:
        self._number += 1
        self._send(method, self._number, body, headers or {}, contact)
        answer = await self.hear(lambda heard: heard.code >= 200)
        if "tag=" in answer.headers["to"]:
            self._to = answer.headers["to"]
        if method == "INVITE":
            self._send("ACK", self._number, b"", {}, "")
        return answer

    async def hear(self, wanted: Callable[[Heard], bool]) -> Heard:
        """The next message that is wanted; others are passed over."""
        async with asyncio.timeout(ANSWER_S):
            while not wanted(message := await self._message()):
                pass
        return message

    def respond(self, request: Heard, *, headers: dict[str, str] | None = None) -> None:
        kept = {name: request.headers[name] for name in ("via", "from", "to", "call-id", "cseq")}
        self._write("SIP/2.0 200 OK", kept | (headers or {}), b"")

    async def bye(self) -> None:
        await self.ask("BYE")

    def _send(
        self, method: str, number: int, body: bytes, headers: dict[str, str], contact: str
    ) -> None:
        self._write(
            f"{method} sip:recorder@127.0.0.1 SIP/2.0",
            {
                "Via": f"SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bK{self._call_id}{method}{number}",
                "From": f"{self._origin};tag=raw",
                "To": self._to,
                "Call-ID": self._call_id,
                "CSeq": f"{number} {method}",
                "Contact": f"<sip:recorder@127.0.0.1:5070;transport=tcp>{contact}",
                "Max-Forwards": "70",
                **headers,
            },
            body,
        )

    def _write(self, line: str, headers: dict[str, str], body: bytes) -> None:
        lines = [line, *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join((*lines, f"Content-Length: {len(body)}", "", ""))
        self._writer.write(head.encode() + body)

    async def _message(self) -> Heard:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (each.partition(":") for each in rest)
        }
        length = int(headers.get("content-length", "0"))
        body = (await self._reader.readexactly(length)).decode()
        return Heard(line=line, headers=headers, body=body)


@asynccontextmanager
async def raw_client(port: int) -> AsyncIterator[RawClient]:
    client = RawClient(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield client
    finally:
        client.close()
