"""Take an ordinary telephone call: whoever is not recorded by somebody else talks to us."""

import asyncio
from dataclasses import replace

from aiosipua.headers import parse_uri
from aiosipua.message import SipRequest

from domain.audio import Leg
from domain.call import Direction
from domain.errors import NotFound
from domain.ids import CallId
from media_gateway.ending import Ending
from media_gateway.line import Line
from media_gateway.offer import CallOffer
from media_gateway.rtp.formats import SUPPORTED
from media_gateway.rtp.ports import RtpPort
from media_gateway.sip.incoming import IncomingDialog
from media_gateway.sip.negotiation import (
    Agreement,
    OurSide,
    answer_offer,
    describe_answer,
    describe_offer,
    take_answer,
)
from media_gateway.sip.numbers import number_in
from media_gateway.sip.sdp import read_sdp, write_sdp
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.talk import SDP, Studio, Talk

CALL_HEADER = "X-Hotline-Call"
SYNTHETIC_HEADER = "X-Hotline-Synthetic"
DIRECTION_HEADER = "X-Hotline-Direction"
ID_AT_MOST = 64
LATE_OFFER = SUPPORTED[:2] + SUPPORTED[4:5]  # without an offer from them: what every telephone has


class PhoneCalls:
    """The InviteHandler for calls that are no recording sessions; it wants every INVITE, so it stands last."""

    extensions: frozenset[str] = frozenset()
    body_types = frozenset({SDP})

    def __init__(self, *, settings: SipSettings, studio: Studio) -> None:
        self._settings = settings
        self._studio = studio

    def wants(self, request: SipRequest) -> bool:
        return True

    async def answer(self, dialog: IncomingDialog) -> None:
        """Raises InputError when there is no codec in common, Refused when every RTP port is taken."""
        port = self._studio.rtp_ports.open()
        try:
            ours = self._studio.our_side(port, dialog.media_host)
            if dialog.request.body:
                await self._answer_offer(dialog, port, ours)
            else:
                await self._answer_late_offer(dialog, port, ours)
        finally:
            port.close()

    async def _answer_offer(self, dialog: IncomingDialog, port: RtpPort, ours: OurSide) -> None:
        offer = read_sdp(dialog.request.body)
        agreement = answer_offer(offer)
        body = write_sdp(describe_answer(offer, agreement, ours, version=1))
        await self._live(dialog, port, ours, agreement, body)

    async def _answer_late_offer(
        self, dialog: IncomingDialog, port: RtpPort, ours: OurSide
    ) -> None:
        """An INVITE without a description: ours goes in the 200, theirs comes in the ACK (RFC 3261 §13.2.1)."""
        dialog.accept(write_sdp(describe_offer(ours, LATE_OFFER, version=1)))
        try:
            ack = await dialog.acked()
        except NotFound:
            return
        agreement = take_answer(read_sdp(ack.body), offered=LATE_OFFER)
        await self._live(dialog, port, ours, agreement, b"")

    async def _live(
        self,
        dialog: IncomingDialog,
        port: RtpPort,
        ours: OurSide,
        agreement: Agreement,
        body: bytes,
    ) -> None:
        offer = self._offer(dialog, agreement)
        talk = Talk(
            studio=self._studio,
            dialog=dialog,
            port=port,
            ours=ours,
            agreement=agreement,
            leg=offer.legs[0],
        )
        dialog.listen(talk)

        async def read(line: Line) -> Ending:
            talk.attach(line)
            if not dialog.is_answered:
                await self._ring(dialog)
                names = {CALL_HEADER: line.call_id} if dialog.is_trusted else {}
                dialog.accept(body, SDP, names)
            return await dialog.over()

        try:
            await self._studio.gateway.take(self._with_stream(offer, talk), talk, read)
        finally:
            talk.end()

    async def _ring(self, dialog: IncomingDialog) -> None:
        """Let it ring first where people expect to hear that; what is said meanwhile is heard all the same."""
        if self._settings.ring_ms:
            dialog.progress(180)
            await asyncio.sleep(self._settings.ring_ms / 1000)

    def _offer(self, dialog: IncomingDialog, agreement: Agreement) -> CallOffer:
        request = dialog.request
        dialled = number_in(request.uri) or number_in(request.get_header("to"))
        trusted = dialog.is_trusted
        return CallOffer(
            sample_rate_hz=agreement.sound.sample_rate_hz,
            legs=(self._leg(request, dialled, is_trusted=trusted),),
            direction=_direction(request) if trusted else Direction.INBOUND,
            caller_number=caller_of(request, is_trusted=trusted),
            dialled_number=dialled,
            title=(request.get_header("subject") or None) if trusted else None,
            synthetic=trusted and request.get_header(SYNTHETIC_HEADER) == "1",
            wire_call_id=dialog.wire_call_id,
            separate=True,
            watches_itself=True,
            joins=_joined_call(request) if trusted else None,
        )

    @staticmethod
    def _with_stream(offer: CallOffer, talk: Talk) -> CallOffer:
        stream = talk.stream
        return replace(offer, sample_rate_hz=stream.sample_rate_hz, encoding=stream.encoding)

    def _leg(self, request: SipRequest, dialled: str | None, *, is_trusted: bool) -> Leg:
        named = parse_uri(request.uri).params.get("leg") if is_trusted else None
        if named in _LEGS:
            return Leg(named)
        return self._settings.leg_of(dialled)


_LEGS = frozenset(leg.value for leg in Leg if leg is not Leg.BOT)


def caller_of(request: SipRequest, *, is_trusted: bool) -> str | None:
    """Who calls. A trunk's P-Asserted-Identity counts before From (RFC 3325), a stranger's does not."""
    asserted = request.get_header("p-asserted-identity") if is_trusted else None
    return number_in(asserted) or number_in(request.get_header("from"))


def _joined_call(request: SipRequest) -> CallId | None:
    named = (request.get_header(CALL_HEADER) or "").strip()
    return CallId(named) if 0 < len(named) <= ID_AT_MOST else None


def _direction(request: SipRequest) -> Direction:
    named = request.get_header(DIRECTION_HEADER)
    return Direction.OUTBOUND if named == Direction.OUTBOUND else Direction.INBOUND
