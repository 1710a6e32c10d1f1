"""Place telephone calls over a SIP trunk: the port ``LineProvider``."""

import asyncio
from contextlib import ExitStack

from aiosipua.message import SipResponse

from domain.audio import Leg
from domain.call import Direction
from domain.errors import EngineError, InputError, NotFound, Refused
from domain.ids import CallId
from media_gateway.ending import Ending
from media_gateway.line import Line
from media_gateway.offer import CallOffer
from media_gateway.rtp.formats import COMFORT_NOISE, G722, PCMA, PCMU, TELEPHONE_EVENT
from media_gateway.rtp.ports import RtpPort
from media_gateway.sip.message import media_type
from media_gateway.sip.negotiation import Agreement, OurSide, describe_offer, take_answer
from media_gateway.sip.numbers import uri_for
from media_gateway.sip.outgoing import OutgoingDialog
from media_gateway.sip.ports import target_of
from media_gateway.sip.sdp import read_sdp, write_sdp
from media_gateway.sip.server import SipServer
from media_gateway.sip.talk import SDP, Studio, Talk
from media_gateway.sip.trunk import Trunk, trunk_of

OFFERED = (PCMA, PCMU, G722, TELEPHONE_EVENT, COMFORT_NOISE)


class SipLine:
    """Dials through the trunk of ``server.settings``; the call then lives in the server."""

    def __init__(self, *, server: SipServer, studio: Studio) -> None:
        self._server = server
        self._settings = server.settings
        self._studio = studio

    async def place_call(self, call_id: CallId, number: str, *, campaign_contact: str) -> None:
        """Returns when the far side answered. Raises Refused("line.no_answer"|"line.busy"), EngineError if the line is down."""
        trunk = trunk_of(self._settings)
        if trunk is None or not self._server.is_running:
            raise EngineError("line.down", "no SIP trunk is set, or SIP is off", retryable=False)
        with ExitStack() as held:
            talk = await self._dial(trunk, number, held)
            rest = held.pop_all()
        offer = CallOffer(
            sample_rate_hz=talk.stream.sample_rate_hz,
            encoding=talk.stream.encoding,
            legs=(Leg.CALLER,),
            direction=Direction.OUTBOUND,
            caller_number=trunk.user,
            dialled_number=number,
            claimed_call_id=call_id,
            campaign_contact=campaign_contact,
            wire_call_id=talk.dialog.wire_call_id,
            separate=True,
            watches_itself=True,
        )
        is_live = asyncio.Event()
        self._server.start(lambda: self._live(offer, talk, rest, is_live))
        await is_live.wait()

    async def _live(
        self, offer: CallOffer, talk: Talk, held: ExitStack, is_live: asyncio.Event
    ) -> None:
        async def read(line: Line) -> Ending:
            talk.attach(line)
            is_live.set()
            return await talk.dialog.over()

        with held:
            try:
                await self._studio.gateway.take(offer, talk, read)
            finally:
                is_live.set()
                talk.end()
                await talk.dialog.hang_up()

    async def _dial(self, trunk: Trunk, number: str, held: ExitStack) -> Talk:
        try:
            held.enter_context(self._studio.gateway.place())
            port = self._studio.rtp_ports.open()
        except Refused as full:
            raise EngineError("line.full", full.message, retryable=True) from None
        held.callback(port.close)
        dialling = await self._dialling(trunk, number, port)
        return await dialling.answered(held)

    async def _dialling(self, trunk: Trunk, number: str, port: RtpPort) -> "_Dialling":
        target = uri_for(number, trunk.uri)
        try:
            link = await self._server.ports.link_to(target_of(trunk.next_hop))
        except NotFound as nobody:
            raise EngineError("line.down", nobody.message, retryable=True) from None
        dialog = OutgoingDialog(
            office=self._server,
            messenger=self._server.messenger,
            start=self._server.start,
            trunk=trunk,
            link=link,
            target=target,
        )
        self._server.adopt(dialog)
        ours = self._studio.our_side(port, self._server.media_host(link))
        return _Dialling(studio=self._studio, dialog=dialog, port=port, ours=ours, line=self)

    @property
    def answer_within_s(self) -> float:
        return self._settings.answer_ms / 1000

    @property
    def session_expires_s(self) -> int:
        return self._settings.session_expires_s


class _Dialling:
    """One call that rings: what comes before the answer may already bring sound (183)."""

    def __init__(
        self, *, studio: Studio, dialog: OutgoingDialog, port: RtpPort, ours: OurSide, line: SipLine
    ) -> None:
        self._studio = studio
        self._dialog = dialog
        self._port = port
        self._ours = ours
        self._line = line
        self._talk: Talk | None = None

    async def answered(self, held: ExitStack) -> Talk:
        """Returns when somebody took it up and can be heard."""
        held.callback(lambda: self._talk.end() if self._talk is not None else None)
        is_up = False
        try:
            response = await self._dialog.dial(
                write_sdp(describe_offer(self._ours, OFFERED, version=1)),
                on_early=self._hear_early,
                answer_within_s=self._line.answer_within_s,
                session_expires_s=self._line.session_expires_s,
            )
            talk = self._follow(response)
            is_up = True
        except InputError as error:
            raise EngineError("line.down", error.message, retryable=False) from None
        finally:
            if not is_up:
                await self._dialog.hang_up()
        return talk

    def _hear_early(self, response: SipResponse) -> None:
        """183: announcements are drained until the answer; what is no description is none of our business."""
        if media_type(response) != SDP:
            return
        try:
            self._follow(response).begin()
        except InputError:
            return

    def _follow(self, response: SipResponse) -> Talk:
        """A 200 without a description repeats what the 183 said (RFC 3261 §13.2.1)."""
        if self._talk is not None and not response.body:
            return self._talk
        agreement = take_answer(read_sdp(response.body), offered=OFFERED)
        if self._talk is None:
            self._talk = self._new_talk(agreement)
            self._dialog.listen(self._talk)
        else:
            self._talk.follow(agreement)
        return self._talk

    def _new_talk(self, agreement: Agreement) -> Talk:
        return Talk(
            studio=self._studio,
            dialog=self._dialog,
            port=self._port,
            ours=self._ours,
            agreement=agreement,
        )
