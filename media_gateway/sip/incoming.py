"""Answer one INVITE: ring, accept, refuse, and take its CANCEL; then keep the dialog it began."""

from collections.abc import Mapping

from aiosipua.dialog import Dialog
from aiosipua.message import SipRequest
from aiosipua.utils import generate_tag

from domain.call import EndReason
from media_gateway.ending import Ending
from media_gateway.sip.dialog import CallDialog, DialogOffice, Reply
from media_gateway.sip.message import tag_of, uri_of
from media_gateway.sip.transactions import ServerTransaction


class IncomingDialog(CallDialog):
    """A call that wants in. ``media_host`` is our address as it belongs into its session description."""

    def __init__(
        self,
        *,
        office: DialogOffice,
        transaction: ServerTransaction,
        is_trusted: bool,
        media_host: str,
    ) -> None:
        self.request = transaction.request
        self.is_trusted = is_trusted
        self.media_host = media_host
        self._transaction = transaction
        super().__init__(office=office, state=_state(self.request), link=transaction.link)
        self._follow_contact(self.request)

    @property
    def is_answered(self) -> bool:
        """Finally: accepted, refused or cancelled."""
        return self._transaction.code >= 200

    def progress(
        self,
        code: int = 180,
        *,
        body: bytes = b"",
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """It rings (180), or there is early media to hear (183 with a session description)."""
        reply = Reply(
            code=code,
            body=body,
            content_type=content_type or ("application/sdp" if body else None),
            headers={"Contact": self._office.contact(self.link), **(headers or {})},
        )
        self.answer(self._transaction, reply)

    def accept(
        self,
        body: bytes,
        content_type: str = "application/sdp",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """200. A header ``Contact-Params`` is added to our Contact, now and later. Too late after a CANCEL: nothing happens."""
        if self.is_answered:
            return
        self.is_established = True
        self.state.confirm()
        self._conclude(
            self._transaction,
            Reply(body=body, content_type=content_type if body else None, headers=headers or {}),
        )

    def reject(self, code: int, reason: str = "", headers: Mapping[str, str] | None = None) -> None:
        """A final no; the dialog is over. A call that was accepted is hung up instead: then nothing happens here."""
        if self.is_established:
            return
        if not self.is_answered:
            self.answer(self._transaction, Reply(code=code, reason=reason, headers=headers or {}))
        self.end(Ending(reason=EndReason.WE_HUNG_UP, detail=f"we answered {code}"))

    def cancel(self) -> None:
        """The caller gave up before we answered (§9.2); after our 200 a CANCEL changes nothing."""
        if not self.is_answered:
            self.answer(self._transaction, Reply(code=487))
            self.end(Ending(reason=EndReason.HUNG_UP, detail="cancelled before it was answered"))

    def abandon(self) -> None:
        if self.is_established:
            super().abandon()
        else:
            self.reject(503)

    async def hang_up(self, ending: Ending | None = None) -> None:
        if self.is_established:
            await super().hang_up(ending)
        else:
            self.reject(_refusal(ending))


def _refusal(ending: Ending | None) -> int:
    """What a caller whose call we never answered is told."""
    if ending is None:
        return 603
    return 503 if ending.reason is EndReason.DRAINED else 500


def _state(request: SipRequest) -> Dialog:
    """§12.1.1, with every URI as it was written."""
    cseq = request.cseq
    contact = request.get_header("contact") or ""
    return Dialog(
        call_id=request.call_id or "",
        local_tag=generate_tag(),
        remote_tag=tag_of(request.get_header("from")) or "",
        local_uri=uri_of(request.get_header("to") or ""),
        remote_uri=uri_of(request.get_header("from") or ""),
        remote_target=uri_of(contact) if contact else uri_of(request.get_header("from") or ""),
        route_set=list(request.headers.get("record-route")),
        remote_cseq=cseq.seq if cseq is not None else 0,
        metadata={"contact": contact},
    )
