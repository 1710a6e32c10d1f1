"""Take SIP requests off every port, answer what needs no call, and give INVITEs to whoever wants them."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Protocol

from aiosipua.message import SipRequest, SipResponse
from aiosipua.transaction import T1
from aiosipua.utils import format_addr, generate_tag

from domain.call import EndReason
from domain.errors import ContactCentreError, InputError, Refused
from media_gateway.ending import Ending
from media_gateway.sip.complaints import Complaints
from media_gateway.sip.dialog import ALLOW, CallDialog, too_short_session
from media_gateway.sip.digest import Doorkeeper
from media_gateway.sip.incoming import IncomingDialog
from media_gateway.sip.invite_handler import InviteHandler, Refusal, refusal_by
from media_gateway.sip.link import Link
from media_gateway.sip.message import (
    Arrived,
    answer_to,
    read_message,
    stamped,
    tag_of,
)
from media_gateway.sip.messenger import Messenger, new_via
from media_gateway.sip.ports import SipPorts
from media_gateway.sip.registration import Registrar
from media_gateway.sip.settings import SipSettings, is_within
from media_gateway.sip.transactions import (
    ServerTransaction,
    ServerTransactions,
    server_key,
)
from media_gateway.sip.udp import address_towards

log = logging.getLogger(__name__)

WITHIN_DIALOGS = frozenset({"BYE", "INFO", "UPDATE", "PRACK", "NOTIFY", "REFER"})


class House(Protocol):
    """What the server needs of the gateway behind it."""

    def place(self) -> AbstractContextManager[None]: ...
    def note_refusal(self, wire: str, why: str | ContactCentreError) -> None: ...


class SipServer:
    """Our side of SIP. ``run`` is a service; ``open`` may be awaited before it to learn that a port is taken."""

    def __init__(
        self,
        *,
        settings: SipSettings,
        gateway: House,
        on_invite: Sequence[InviteHandler] = (),
        now: Callable[[], float] = time.monotonic,
        t1_s: float = T1,
    ) -> None:
        self.settings = settings
        self.t1_s = t1_s
        self.ports = SipPorts(settings, self.receive)
        self.messenger = Messenger(ports=self.ports, settings=settings, now=now, t1_s=t1_s)
        self._gateway = gateway
        self._handlers = on_invite
        self._now = now
        self._served = ServerTransactions(now=now, t1_s=t1_s)
        self._dialogs: dict[tuple[str, str], CallDialog] = {}
        self._ringing: dict[tuple[str, str, str, str], IncomingDialog] = {}
        self._trusted = settings.trusted_networks()
        self._door = Doorkeeper(
            realm=settings.realm,
            accounts=settings.accounts,
            algorithms=settings.digest_algorithms,
        )
        self._complaints = Complaints(now=now)
        self.registrars = tuple(
            Registrar(registration=registration, office=self)
            for registration in settings.registrations
            if registration.expires_s > 0
        )
        self._group: asyncio.TaskGroup | None = None
        self._is_open = False

    @property
    def calls(self) -> int:
        """Dialogs in progress."""
        return len(self._dialogs)

    async def open(self) -> None:
        if not self._is_open:
            self._is_open = True
            await self.ports.open()

    async def run(self) -> None:
        try:
            await self.open()
            async with asyncio.TaskGroup() as group:
                self._group = group
                for registrar in self.registrars:
                    group.create_task(registrar.run())
                await asyncio.Event().wait()
        finally:
            self._group = None
            self._served.close()
            self.messenger.close()
            await self.ports.close()

    def address(self, transport: str = "UDP") -> str:
        """A SIP URI under which this server listens, for clients on this machine."""
        host = format_addr(self.settings.host, self.ports.numbers[transport])
        return f"sip:{host};transport={transport.lower()}"

    def media_host(self, link: Link) -> str:
        return self.settings.advertised_host or address_towards(link.peer[0]) or link.local[0]

    def is_trusted(self, link: Link) -> bool:
        return is_within(link.peer[0], self._trusted)

    def adopt(self, dialog: CallDialog) -> None:
        """Let requests within a dialog reach it."""
        self._dialogs[dialog.wire_call_id, dialog.state.local_tag] = dialog

    def receive(self, data: bytes, link: Link) -> None:
        """Whatever comes on a port: nothing escapes."""
        try:
            if data.strip(b"\r\n\0 "):
                self._take(read_message(data), link)
        except InputError as error:
            self._complaints.note(error.code, error.message, link)
        except Exception:
            log.exception("a SIP message broke its reader", extra={"peer": link.peer[0]})

    def contact(self, link: Link, params: str = "") -> str:
        return self.messenger.contact(link, params)

    def change(
        self, dialog: CallDialog, request: SipRequest, transaction: ServerTransaction
    ) -> None:
        self.start(lambda: dialog.renegotiate(request, transaction))

    def refresh(self, dialog: CallDialog) -> None:
        self.start(dialog.refresh)

    async def ask(self, dialog: CallDialog, request: SipRequest) -> SipResponse:
        """A request within a dialog, by the way that dialog goes now."""
        link = await self.messenger.link_for(dialog.state, dialog.link)
        request.headers.set_single("Via", new_via(link))
        response = await self.messenger.ask(request, link, state=dialog.state, login=dialog.login)
        if request.method == "INVITE" and 200 <= response.status_code < 300:
            self.messenger.acknowledge(dialog.state, request, link)
        return response

    def forget(self, dialog: CallDialog) -> None:
        self._dialogs.pop((dialog.wire_call_id, dialog.state.local_tag), None)

    @property
    def is_running(self) -> bool:
        return self._group is not None

    def start(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Let the server own a piece of work; nothing begins while it closes."""
        if self._group is not None:
            self._group.create_task(self._supervised(work))

    @staticmethod
    async def _supervised(work: Callable[[], Coroutine[None, None, None]]) -> None:
        try:
            await work()
        except Exception:
            log.exception("a piece of SIP work failed")

    def _take(self, arrived: Arrived, link: Link) -> None:
        message = arrived.message
        if isinstance(message, SipResponse):
            if not self.messenger.clients.take(arrived, message):
                self._complaints.note("media_gateway.sip_stray", "an answer to nothing", link)
            return
        reply_link = stamped(message, link)
        if arrived.fault is not None:
            self._complaints.note("media_gateway.sip_fault", arrived.fault.why, link)
            if message.method != "ACK":
                self._say(message, reply_link, arrived.fault.code)
        elif message.method == "ACK":
            self._acknowledge(arrived, message)
        elif message.method == "CANCEL":
            self._cancel(arrived, message, reply_link)
        else:
            self._request(arrived, message, reply_link)

    def _request(self, arrived: Arrived, request: SipRequest, link: Link) -> None:
        known = self._served.find(server_key(arrived))
        if known is not None:
            known.repeat()
            return
        transaction = self._served.begin(arrived, request, link)
        if transaction is None:
            self._complaints.note("media_gateway.sip_flood", "too many requests are open", link)
            return
        to_tag = tag_of(request.get_header("to"))
        if to_tag is not None:
            self._within_dialog(transaction, to_tag)
        elif request.method == "INVITE":
            self._invite(transaction)
        elif request.method == "OPTIONS":
            self._answer(transaction, 200, headers=self._abilities())
        elif request.method in WITHIN_DIALOGS:
            self._answer(transaction, 481)
        else:
            self._answer(transaction, 405, headers={"Allow": ALLOW})

    def _within_dialog(self, transaction: ServerTransaction, to_tag: str) -> None:
        request = transaction.request
        dialog = self._dialogs.get((request.call_id or "", to_tag))
        if dialog is None or dialog.state.remote_tag != tag_of(request.get_header("from")):
            self._answer(transaction, 481)
        else:
            dialog.receive(transaction)

    def _acknowledge(self, arrived: Arrived, ack: SipRequest) -> None:
        refused = self._served.find(server_key(arrived, "INVITE"))
        if refused is not None and refused.code >= 300:
            refused.acknowledged()
            return
        dialog = self._dialogs.get((ack.call_id or "", tag_of(ack.get_header("to")) or ""))
        if dialog is not None:
            dialog.acknowledge(ack)

    def _cancel(self, arrived: Arrived, cancel: SipRequest, link: Link) -> None:
        invite = self._served.find(server_key(arrived, "INVITE"))
        self._say(cancel, link, 200 if invite is not None else 481)
        dialog = self._ringing.get(invite.key) if invite is not None else None
        if dialog is not None:
            dialog.cancel()

    def _invite(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        refusal = self._refusal(transaction)
        if refusal is not None:
            self._refuse(transaction, refusal)
            return
        handler = next((h for h in self._handlers if self._is_wanted(h, request)), None)
        refusal = refusal_by(handler, request)
        if refusal is not None or handler is None:
            self._refuse(transaction, refusal or Refusal(code=404))
            return
        place = ExitStack()
        try:
            place.enter_context(self._gateway.place())
        except Refused as full:
            self._refuse(transaction, self._full(full.message))
            return
        self._begin(handler, transaction, place)

    def _begin(
        self, handler: InviteHandler, transaction: ServerTransaction, place: ExitStack
    ) -> None:
        self._answer(transaction, 100)
        dialog = IncomingDialog(
            office=self,
            transaction=transaction,
            is_trusted=self.is_trusted(transaction.link),
            media_host=self.media_host(transaction.link),
        )
        self.adopt(dialog)
        self._ringing[transaction.key] = dialog
        if self._group is None:
            place.close()
            dialog.reject(503)
            return
        self._group.create_task(self._live(handler, dialog, transaction, place))

    async def _live(
        self,
        handler: InviteHandler,
        dialog: IncomingDialog,
        transaction: ServerTransaction,
        place: ExitStack,
    ) -> None:
        """One call from its INVITE to its end; whatever its handler does, the far side is told."""
        try:
            with place:
                await handler.answer(dialog)
        except (InputError, Refused) as error:
            self._gateway.note_refusal("sip", error)
            dialog.reject(488 if isinstance(error, InputError) else 503, headers=self._later())
        except Exception:
            log.exception("a SIP call failed", extra={"wire_call_id": dialog.wire_call_id})
        except asyncio.CancelledError:
            dialog.abandon()
            raise
        finally:
            self._ringing.pop(transaction.key, None)
            await dialog.hang_up(Ending(reason=EndReason.FAILED))

    def _refusal(self, transaction: ServerTransaction) -> Refusal | None:
        """What is wrong with an INVITE, whatever kind of call it is."""
        request = transaction.request
        if self.settings.accounts and not self.is_trusted(transaction.link):
            now_s = int(self._now())
            if not self._door.knows(request, now_s=now_s):
                return Refusal(code=401, challenges=tuple(self._door.challenges(now_s=now_s)))
        least_s = self.settings.min_session_expires_s
        if too_short_session(request, least_s):
            return Refusal(code=422, headers={"Min-SE": str(least_s)})
        return None

    def _refuse(self, transaction: ServerTransaction, refusal: Refusal) -> None:
        if refusal.code != 401:
            self._gateway.note_refusal("sip", f"answered {refusal.code}")
        response = answer_to(
            transaction.request, refusal.code, tag=generate_tag(), headers=refusal.headers
        )
        for challenge in refusal.challenges:
            response.headers.append("WWW-Authenticate", challenge)
        transaction.respond(response)

    def _full(self, why: str) -> Refusal:
        log.warning("a SIP call found no place", extra={"why": why})
        return Refusal(code=503, headers=self._later())

    def _later(self) -> dict[str, str]:
        return {"Retry-After": str(self.settings.retry_after_s)}

    def _is_wanted(self, handler: InviteHandler, request: SipRequest) -> bool:
        try:
            return handler.wants(request)
        except Exception:
            log.exception("a kind of SIP call could not look at an INVITE")
            return False

    def _abilities(self) -> dict[str, str]:
        extensions = {"timer"}.union(*(handler.extensions for handler in self._handlers))
        types = set().union(*(handler.body_types for handler in self._handlers))
        return {
            "Allow": ALLOW,
            "Accept": ", ".join(sorted(types | {"application/sdp"})),
            "Supported": ", ".join(sorted(extensions)),
        }

    def _answer(
        self, transaction: ServerTransaction, code: int, headers: Mapping[str, str] | None = None
    ) -> None:
        transaction.respond(
            answer_to(transaction.request, code, tag=generate_tag(), headers=headers)
        )

    @staticmethod
    def _say(request: SipRequest, link: Link, code: int) -> None:
        """An answer that nobody remembers: the same question gets it again."""
        link.send(bytes(answer_to(request, code, tag=generate_tag())))
