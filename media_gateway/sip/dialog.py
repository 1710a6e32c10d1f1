"""Keep one SIP dialog: order, repetition, refresh and end, whoever began it (RFC 3261 §12, §14, §15).

aiosipua's Dialog holds the state and builds requests. Its own creation is not used: it rebuilds From and To out of
parsed parts, which makes ``sip:tel:…`` of a tel: URI.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiosipua.dialog import Dialog
from aiosipua.message import SipRequest, SipResponse

from domain.call import EndReason
from domain.errors import ContactCentreError, NotFound
from media_gateway.ending import Ending
from media_gateway.sip.link import Link
from media_gateway.sip.message import answer_to, tokens, uri_of
from media_gateway.sip.messenger import Login
from media_gateway.sip.session_timer import (
    SessionTimer,
    asked_interval_s,
    headers_of,
    terms_we_answer,
    terms_we_got,
)
from media_gateway.sip.transactions import Repeater, ServerTransaction

log = logging.getLogger(__name__)

BYE_S = 4.0  # a BYE is repeated three times in it
RENEGOTIATE_S = 10.0
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a request within a dialog."""

    code: int = 200
    reason: str = ""
    body: bytes = b""
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class DialogListener(Protocol):
    """Whoever has the call's sound. ``renegotiate`` gets re-INVITE (with no body: it wants an offer) and UPDATE with one."""

    async def renegotiate(self, request: SipRequest) -> Reply: ...
    def info(self, request: SipRequest) -> Reply: ...
    def ended(self, ending: Ending) -> None:
        """Once, the moment the dialog is over."""
        ...


class DialogOffice(Protocol):
    """What a dialog needs of the server it belongs to."""

    @property
    def t1_s(self) -> float: ...
    def contact(self, link: Link, params: str = "") -> str: ...
    def change(
        self, dialog: "CallDialog", request: SipRequest, transaction: ServerTransaction
    ) -> None:
        """Call ``dialog.renegotiate`` in a task that somebody owns."""
        ...

    def refresh(self, dialog: "CallDialog") -> None:
        """Call ``dialog.refresh`` in a task that somebody owns."""
        ...

    async def ask(self, dialog: "CallDialog", request: SipRequest) -> SipResponse: ...
    def forget(self, dialog: "CallDialog") -> None: ...


class CallDialog:
    """One dialog from its first answer to its BYE."""

    def __init__(self, *, office: DialogOffice, state: Dialog, link: Link) -> None:
        self.state = state
        self.link = link
        self.peer_allows_update = True
        self.contact_params = ""
        self.login: Login | None = None
        self.is_established = False
        self.ending: Ending | None = None
        self._office = office
        self._listener: DialogListener | None = None
        self._over = asyncio.Event()
        self._acked = asyncio.Event()
        self._ack: SipRequest | None = None
        self._repeater: Repeater | None = None
        self._is_negotiating = False
        self._last_offer = (b"", "application/sdp")
        self._timer = SessionTimer(
            refresh=lambda: office.refresh(self),
            expire=lambda: self._lost("the SIP session was not refreshed in time"),
        )

    @property
    def wire_call_id(self) -> str:
        return self.state.call_id

    @property
    def peer(self) -> tuple[str, int]:
        return self.link.peer

    @property
    def transport(self) -> str:
        return self.link.transport

    @property
    def remote_contact(self) -> str:
        return self.state.metadata.get("contact", "")

    def listen(self, listener: DialogListener) -> None:
        """Who hears about changes and the end; before the answer, so that nothing is missed."""
        self._listener = listener

    async def over(self) -> Ending:
        await self._over.wait()
        return self.ending or Ending(reason=EndReason.FAILED)

    async def acked(self) -> SipRequest:
        """The ACK of our last 2xx. Raises NotFound when the dialog ended instead."""
        await self._acked.wait()
        if self._ack is None:
            raise NotFound("media_gateway.sip_over", "the call ended before it was confirmed")
        return self._ack

    def end(self, ending: Ending) -> None:
        """The dialog is over; the first reason stands."""
        if self.ending is not None:
            return
        self.ending = ending
        self.state.terminate()
        self._timer.stop()
        self._stop_repeating()
        self._office.forget(self)
        self._over.set()
        self._acked.set()
        if self._listener is not None:
            self._listener.ended(ending)

    async def hang_up(self, ending: Ending | None = None) -> None:
        """Say BYE. Never raises; once. A caller whose ACK is still on its way is waited for a moment (§15)."""
        if self.ending is not None:
            return
        try:
            async with asyncio.timeout(BYE_S / 2):
                await self._acked.wait()
        except TimeoutError:
            log.info("no ACK before our BYE", extra={"wire_call_id": self.wire_call_id})
        if self.ending is None:
            self.end(ending or Ending(reason=EndReason.WE_HUNG_UP))
            await self._say_bye()

    async def request_in_dialog(
        self,
        method: str,
        *,
        body: bytes = b"",
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> SipResponse:
        """The final answer to a request of ours. Raises NotFound when nobody answers."""
        request = self._request(method, body, content_type, headers)
        negotiates = method in ("INVITE", "UPDATE")
        self._is_negotiating |= negotiates
        try:
            response = await self._office.ask(self, request)
        finally:
            if negotiates:
                self._is_negotiating = False
        if negotiates and 200 <= response.status_code < 300:
            self._follow_contact(response)
            self._timer.agree(terms_we_got(response))
        return response

    def receive(self, transaction: ServerTransaction) -> None:
        """A request within the dialog, never ACK or CANCEL."""
        request = transaction.request
        if not self._is_in_order(request):
            self.answer(transaction, Reply(code=500, reason="CSeq out of order"))
        elif request.method == "BYE":
            self.answer(transaction, Reply())
            self.end(Ending(reason=EndReason.HUNG_UP))
        elif request.method == "INFO":
            reply = self._listener.info(request) if self._listener else Reply()
            self.answer(transaction, reply)
        elif request.method in ("INVITE", "UPDATE"):
            self._change(transaction)
        elif request.method == "OPTIONS":
            self.answer(transaction, Reply(headers={"Allow": ALLOW}))
        else:
            self.answer(transaction, Reply(code=405, headers={"Allow": ALLOW}))

    def acknowledge(self, ack: SipRequest) -> None:
        self._ack = ack
        self._acked.set()
        self._stop_repeating()

    async def renegotiate(self, request: SipRequest, transaction: ServerTransaction) -> None:
        """Let the listener answer a change, in time."""
        try:
            async with asyncio.timeout(RENEGOTIATE_S):
                listener = self._listener
                reply = await listener.renegotiate(request) if listener else Reply(code=488)
        except ContactCentreError as error:
            log.warning(
                "a change of a SIP call was refused",
                extra={"code": error.code, "why": error.message, "wire_call_id": self.wire_call_id},
            )
            reply = Reply(code=488)
        except TimeoutError:
            reply = Reply(code=500)
        finally:
            self._is_negotiating = False
        self._conclude(transaction, reply)

    async def refresh(self) -> None:
        """Refresh the session, as agreed; a peer that has gone ends the call (RFC 4028 §10)."""
        method = "UPDATE" if self.peer_allows_update else "INVITE"
        body, content_type = self._last_offer if method == "INVITE" else (b"", "")
        terms = self.state.metadata.get("session_expires", "1800")
        headers = {"Session-Expires": f"{terms};refresher=uac", "Supported": "timer"}
        try:
            response = await self.request_in_dialog(
                method, body=body, content_type=content_type or None, headers=headers
            )
        except NotFound:
            self._lost("nobody answered the refresh of the SIP session")
            return
        if response.status_code in (408, 481):
            self._lost("the other side does not know the SIP session any more")

    def answer(self, transaction: ServerTransaction, reply: Reply) -> SipResponse:
        response = answer_to(
            transaction.request,
            reply.code,
            reply.reason,
            tag=self.state.local_tag,
            headers=reply.headers,
            body=reply.body,
            content_type=reply.content_type,
        )
        transaction.respond(response)
        return response

    def _conclude(self, transaction: ServerTransaction, reply: Reply) -> None:
        """Answer an INVITE or UPDATE finally; a 2xx to INVITE is repeated until its ACK."""
        request = transaction.request
        headers = dict(reply.headers)
        params = headers.pop("Contact-Params", self.contact_params)
        if reply.code < 300:
            terms = terms_we_answer(request)
            headers = {
                "Contact": self._office.contact(transaction.link, params),
                "Allow": ALLOW,
                "Supported": "timer",
                **headers_of(terms, we_are="uas"),
                **headers,
            }
            if terms is not None:
                self.state.metadata["session_expires"] = str(terms.interval_s)
            self._timer.agree(terms)
            self._remember(reply)
            if request.method == "INVITE":
                self._await_ack(transaction)
        self.contact_params = params
        whole = Reply(
            code=reply.code,
            reason=reply.reason,
            body=reply.body,
            content_type=reply.content_type,
            headers=headers,
        )
        self.answer(transaction, whole)

    def _remember(self, reply: Reply) -> None:
        if reply.body and reply.content_type:
            self._last_offer = (reply.body, reply.content_type)

    def _await_ack(self, transaction: ServerTransaction) -> None:
        self._ack = None
        self._acked.clear()
        self._stop_repeating()
        self._repeater = Repeater(
            transaction.repeat,
            t1_s=self._office.t1_s,
            give_up=lambda: self._lost("our answer was never confirmed by an ACK"),
        )
        self._repeater.start(is_reliable=transaction.link.is_reliable)

    def _change(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        if self._is_negotiating or not self.is_established:
            self.answer(transaction, Reply(code=491))
            return
        self._follow_contact(request)
        self.link = transaction.link
        if request.method == "UPDATE" and not request.body:
            self._conclude(transaction, Reply())
            return
        self._is_negotiating = True
        if request.method == "INVITE":
            self.answer(transaction, Reply(code=100))
        self._office.change(self, request, transaction)

    def _is_in_order(self, request: SipRequest) -> bool:
        """§12.2.2: numbers only rise; one that was seen came another way."""
        cseq = request.cseq
        if cseq is None or cseq.seq <= self.state.remote_cseq:
            return False
        self.state.remote_cseq = cseq.seq
        return True

    def _follow_contact(self, message: SipRequest | SipResponse) -> None:
        """The remote target moves with every INVITE and UPDATE (§12.2)."""
        contact = message.get_header("contact")
        if contact:
            self.state.remote_target = uri_of(contact)
            self.state.metadata["contact"] = contact
        if message.headers.get("allow"):
            self.peer_allows_update = "update" in tokens(message, "allow")

    def _request(
        self,
        method: str,
        body: bytes = b"",
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> SipRequest:
        host, port = self.link.local
        request = self.state.create_request(
            method, via_host=host, via_port=port, via_transport=self.link.transport
        )
        request.body = body
        request.headers.set_single("Contact", self._office.contact(self.link, self.contact_params))
        if content_type is not None:
            request.headers.set_single("Content-Type", content_type)
        for name, value in (headers or {}).items():
            request.headers.set_single(name, value)
        return request

    async def _say_bye(self) -> None:
        try:
            async with asyncio.timeout(BYE_S):
                await self._office.ask(self, self._request("BYE"))
        except (NotFound, TimeoutError):
            log.info("nobody answered our BYE", extra={"wire_call_id": self.wire_call_id})

    def abandon(self) -> None:
        """We are closing and cannot wait: BYE is said once."""
        self._leave(Ending(reason=EndReason.DRAINED, detail="the service is closing"))

    def _lost(self, detail: str) -> None:
        """The other side is not there any more. It is told nevertheless, once: it may only have lost our answers."""
        self._leave(Ending(reason=EndReason.VANISHED, detail=detail))

    def _leave(self, ending: Ending) -> None:
        if self.ending is None:
            self.link.send(bytes(self._request("BYE")))
            self.end(ending)

    def _stop_repeating(self) -> None:
        if self._repeater is not None:
            self._repeater.stop()
            self._repeater = None


def too_short_session(request: SipRequest, least_s: int) -> bool:
    asked_s = asked_interval_s(request)
    return asked_s is not None and asked_s < least_s
