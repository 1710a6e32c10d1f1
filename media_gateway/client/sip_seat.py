"""Sit at one end of a SIP call: dial, send 20 ms frames, hear, and hang up."""

import asyncio
from collections.abc import Mapping

from aiosipua.message import SipRequest, SipResponse

from domain.errors import EngineError, NotFound
from media_gateway.client.ear import Ear
from media_gateway.client.sip_phone import not_taken
from media_gateway.codecs import Encoding
from media_gateway.ending import Ending
from media_gateway.rtp.formats import G722, PCMA, PCMU, TELEPHONE_EVENT, PayloadFormat
from media_gateway.rtp.ports import RtpPort, RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.stream import RtpStream
from media_gateway.sip.dialog import Reply
from media_gateway.sip.negotiation import (
    OurSide,
    answer_offer,
    describe_answer,
    describe_offer,
    take_answer,
)
from media_gateway.sip.outgoing import OutgoingDialog
from media_gateway.sip.ports import target_of
from media_gateway.sip.sdp import read_sdp, write_sdp
from media_gateway.sip.server import SipServer
from media_gateway.sip.trunk import Trunk

RTP = RtpSettings(first_port=0, last_port=0)
ANSWER_S = 30.0
TELEPHONE = (PCMU, PCMA, TELEPHONE_EVENT)
WIDEBAND = (G722, *TELEPHONE)


class SipSeat:
    """One leg. ``over`` is set when the far side has hung up."""

    def __init__(self, *, phone: SipServer, trunk: Trunk, sample_rate_hz: int) -> None:
        self.over = asyncio.Event()
        self.ear = Ear(sample_rate_hz=sample_rate_hz)
        self.answer: SipResponse | None = None
        self._phone = phone
        self._trunk = trunk
        self._rate_hz = sample_rate_hz
        self._formats = WIDEBAND if sample_rate_hz >= 16_000 else TELEPHONE
        self._dialog: OutgoingDialog | None = None
        self._stream: RtpStream | None = None
        self._port: RtpPort | None = None
        self._ours: OurSide | None = None
        self._version = 1

    @property
    def wire_call_id(self) -> str | None:
        return self._dialog.wire_call_id if self._dialog is not None else None

    async def sit_down(self, target: str, headers: Mapping[str, str]) -> None:
        """Dial. Raises InputError when nobody answers there, Refused when the call is not taken."""
        try:
            link = await self._phone.ports.link_to(target_of(self._trunk.next_hop))
            media_host = self._phone.media_host(link)
            self._port = RtpPorts(RtpSettings(host=media_host, first_port=0, last_port=0)).open()
            self._ours = OurSide(
                host=media_host,
                port=self._port.number,
                rtcp_port=self._port.rtcp_number,
                session_id="1",
            )
            dialog = self._dialog = OutgoingDialog(
                office=self._phone,
                messenger=self._phone.messenger,
                start=self._phone.start,
                trunk=self._trunk,
                link=link,
                target=target,
            )
            self._phone.adopt(dialog)
            dialog.listen(self)
            self.answer = await dialog.dial(
                write_sdp(describe_offer(self._ours, self._formats, version=1)),
                on_early=lambda early: None,
                answer_within_s=ANSWER_S,
                headers=headers,
            )
        except (NotFound, EngineError) as error:
            raise not_taken(error, self._trunk.next_hop) from None
        self._open(self.answer)

    def say(self, pcm: bytes) -> None:
        """20 ms of it."""
        if self._stream is not None:
            self._stream.send(pcm)

    async def press(self, key: str) -> None:
        if self._stream is not None:
            await self._stream.send_key(key)

    async def leave(self) -> None:
        if self._stream is not None:
            self._stream.close()
        if self._dialog is not None:
            await self._dialog.hang_up()
        if self._port is not None:
            self._port.close()

    async def renegotiate(self, request: SipRequest) -> Reply:
        assert self._ours is not None  # noqa: S101 - set before the dialog was
        self._version += 1
        if not request.body:
            offer = describe_offer(self._ours, self._formats, version=self._version)
            return Reply(body=write_sdp(offer), content_type="application/sdp")
        theirs = read_sdp(request.body)
        agreement = answer_offer(theirs)
        self._follow(agreement.remote, agreement.formats)
        ours = describe_answer(theirs, agreement, self._ours, version=self._version)
        return Reply(body=write_sdp(ours), content_type="application/sdp")

    def info(self, request: SipRequest) -> Reply:
        return Reply()

    def ended(self, ending: Ending) -> None:
        self.over.set()

    def _open(self, answer: SipResponse) -> None:
        assert self._port is not None  # noqa: S101 - bound before we dialled
        agreement = take_answer(read_sdp(answer.body), offered=self._formats)
        self._stream = RtpStream(
            port=self._port,
            formats=agreement.formats,
            sample_rate_hz=self._rate_hz,
            settings=RTP,
            encoding=Encoding.L16,
        )
        self._follow(agreement.remote, agreement.formats)
        self._stream.start(self.ear)

    def _follow(self, remote: tuple[str, int] | None, formats: tuple[PayloadFormat, ...]) -> None:
        if self._stream is not None:
            self._stream.set_remote(remote, formats, local=formats)
