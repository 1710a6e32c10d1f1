"""Dial: send an INVITE, hear it ring, prove who we are, and keep the dialog that an answer begins."""

from collections.abc import Callable, Mapping

from aiosipua.dialog import Dialog
from aiosipua.message import SipRequest, SipResponse
from aiosipua.utils import generate_call_id, generate_tag

from domain.call import EndReason
from domain.errors import ContactCentreError, EngineError, NotFound, Refused
from media_gateway.ending import Ending
from media_gateway.sip.dialog import ALLOW, CallDialog, DialogOffice
from media_gateway.sip.link import Link
from media_gateway.sip.message import tag_of
from media_gateway.sip.messenger import Messenger
from media_gateway.sip.session_timer import terms_we_got
from media_gateway.sip.trunk import Trunk

BUSY = frozenset({486, 600})
NOT_REACHED = frozenset({404, 408, 410, 480, 484, 487, 603, 604})


def failure_of(code: int) -> ContactCentreError:
    """What a refused INVITE means to whoever wanted the call."""
    if code in BUSY:
        return Refused("line.busy", "the number is busy")
    if code in NOT_REACHED:
        return Refused("line.no_answer", f"nobody answered: the trunk said {code}")
    return EngineError(
        "line.down", f"the trunk refused the call with {code}", retryable=code >= 500
    )


class OutgoingDialog(CallDialog):
    """A call of ours. ``dial`` returns when somebody has answered it."""

    def __init__(
        self,
        *,
        office: DialogOffice,
        messenger: Messenger,
        start: Callable[..., None],
        trunk: Trunk,
        link: Link,
        target: str,
    ) -> None:
        state = Dialog(
            call_id=generate_call_id(trunk.domain),
            local_tag=generate_tag(),
            local_uri=trunk.identity,
            remote_uri=target,
            remote_target=target,
            route_set=[trunk.route] if trunk.route is not None else [],
            remote_cseq=-1,
        )
        super().__init__(office=office, state=state, link=link)
        self.login = trunk.login
        self._messenger = messenger
        self._start = start
        self._rings = False

    async def dial(
        self,
        body: bytes,
        *,
        on_early: Callable[[SipResponse], None],
        answer_within_s: float,
        headers: Mapping[str, str] | None = None,
        session_expires_s: int = 0,
    ) -> SipResponse:
        """The 200. Raises Refused when nobody answers or it is busy, EngineError when the trunk is at fault.

        Whoever stops waiting, or waits too long, has the call cancelled; an answer that crosses it is hung up.
        """
        asked = {"Allow": ALLOW, "Supported": "timer", **(headers or {})}
        if session_expires_s:
            asked["Session-Expires"] = str(session_expires_s)
        invite = self._request("INVITE", body, "application/sdp", asked)
        is_settled = False
        try:
            response = await self._ask(invite, on_early, answer_within_s)
            is_settled = True
        except NotFound:
            is_settled = not self._rings
            raise self._unanswered() from None
        finally:
            if not is_settled:
                self._messenger.cancel(invite, self.link, lambda late: self._late(invite, late))
        if response.status_code >= 300:
            raise failure_of(response.status_code)
        self._establish(invite, response)
        return response

    async def hang_up(self, ending: Ending | None = None) -> None:
        if self.is_established:
            await super().hang_up(ending)
        else:
            self.end(ending or Ending(reason=EndReason.WE_HUNG_UP))

    async def _ask(
        self, invite: SipRequest, on_early: Callable[[SipResponse], None], answer_within_s: float
    ) -> SipResponse:
        def on_progress(response: SipResponse) -> None:
            if response.status_code > 100:
                self._rings = True
                self.state.remote_tag = tag_of(response.get_header("to")) or ""
                on_early(response)

        return await self._messenger.ask(
            invite,
            self.link,
            state=self.state,
            login=self.login,
            on_progress=on_progress,
            answer_within_s=answer_within_s,
        )

    def _establish(self, invite: SipRequest, response: SipResponse) -> None:
        """§12.1.2: the answer names where the dialog goes on; then its ACK."""
        self.state.remote_tag = tag_of(response.get_header("to")) or ""
        self.state.route_set = list(reversed(response.headers.get("record-route")))
        self._follow_contact(response)
        self.state.confirm()
        self.is_established = True
        self._acked.set()
        self._last_offer = (invite.body, "application/sdp")
        terms = terms_we_got(response)
        if terms is not None:
            self.state.metadata["session_expires"] = str(terms.interval_s)
        self._timer.agree(terms)
        self._messenger.acknowledge(self.state, invite, self.link)

    def _late(self, invite: SipRequest, response: SipResponse) -> None:
        """The final answer of a call nobody waits for any more."""
        if response.status_code >= 300:
            self._messenger.refuse_ack(invite, response, self.link)
            return
        self.ending = None
        self._establish(invite, response)
        self._start(self.hang_up)

    def _unanswered(self) -> ContactCentreError:
        if self._rings:
            return Refused("line.no_answer", "nobody answered in time")
        return EngineError("line.down", "the trunk does not answer", retryable=True)
