"""Be a telephone by hand: write SIP requests line by line and read what comes back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from aiosipua.message import SipMessage, SipRequest, SipResponse

from media_gateway.sip.server import SipServer
from tests.fakes.sip_link import FakeLink

SDP = (
    "v=0\r\no=p 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0\r\n"
)


@dataclass(slots=True, kw_only=True)
class Peer:
    """One caller: its requests go straight into the server, its answers are kept in ``link.sent``."""

    server: SipServer
    link: FakeLink = field(default_factory=FakeLink)
    call_id: str = "call-1"
    contact_port: int = 5060
    to_tag: str | None = None

    def request(
        self,
        method: str,
        cseq: int,
        *,
        branch: str | None = None,
        body: str = "",
        headers: str = "",
        cseq_method: str | None = None,
    ) -> bytes:
        to_tag = f";tag={self.to_tag}" if self.to_tag is not None else ""
        kind = "Content-Type: application/sdp\r\n" if body and "Content-Type" not in headers else ""
        return (
            f"{method} sip:12345@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:5060;branch={branch or f'z9hG4bK{method}{cseq}'};rport\r\n"
            f"From: <sip:138@127.0.0.1>;tag=theirs\r\nTo: <sip:12345@127.0.0.1>{to_tag}\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {cseq} {cseq_method or method}\r\n"
            f"Contact: <sip:138@127.0.0.1:{self.contact_port}>\r\nMax-Forwards: 70\r\n{kind}{headers}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def send(self, data: bytes) -> None:
        self.server.receive(data, self.link)

    def messages(self) -> list[SipRequest | SipResponse]:
        return [SipMessage.parse(data) for data in self.link.sent]

    def codes(self) -> list[int]:
        """Every answer so far, repetitions too."""
        return [m.status_code for m in self.messages() if isinstance(m, SipResponse)]

    def methods(self) -> list[str]:
        """Every request of the server's own so far."""
        return [m.method for m in self.messages() if isinstance(m, SipRequest)]

    def last(self) -> SipResponse:
        return [m for m in self.messages() if isinstance(m, SipResponse)][-1]

    async def until(self, seen: Callable[[], bool]) -> None:
        """A test that would wait for ever fails after 2 s."""
        async with asyncio.timeout(2):
            while not seen():  # noqa: ASYNC110 - the link has no event
                await asyncio.sleep(0.002)

    async def answered(self, code: int = 200) -> SipResponse:
        """Wait for a code; from a 200 on we know the other side's tag."""
        await self.until(lambda: code in self.codes())
        response = self.last()
        to = response.to_addr
        if self.to_tag is None and code == 200 and to is not None:
            self.to_tag = to.tag
        return response
