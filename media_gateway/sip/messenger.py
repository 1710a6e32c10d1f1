"""Send requests of our own to whoever they are for, prove who we are when asked, and acknowledge (RFC 3261 §8.1, §17.1, §22)."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from aiosipua.dialog import Dialog
from aiosipua.headers import CSeq, Via, parse_uri, parse_via, stringify_cseq, stringify_via
from aiosipua.message import SipRequest, SipResponse
from aiosipua.utils import format_addr, generate_branch

from media_gateway.sip.digest import credentials_for, is_stale
from media_gateway.sip.link import Link
from media_gateway.sip.message import uri_of
from media_gateway.sip.ports import SipPorts, target_of
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.transactions import ClientKey, ClientTransactions

Progress = Callable[[SipResponse], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What proves who we are."""

    user: str
    password: str


class Messenger:
    """Our requests and their answers."""

    def __init__(
        self, *, ports: SipPorts, settings: SipSettings, now: Callable[[], float], t1_s: float
    ) -> None:
        self.clients = ClientTransactions(now=now, t1_s=t1_s)
        self._ports = ports
        self._settings = settings

    def close(self) -> None:
        self.clients.close()

    def contact(self, link: Link, params: str = "") -> str:
        host = self._settings.advertised_host or link.local[0]
        port = self._ports.numbers.get(link.transport, link.local[1])
        uri = f"<sip:{format_addr(host, port)};transport={link.transport.lower()}>"
        return f"{uri};{params}" if params else uri

    async def link_for(self, state: Dialog, link: Link) -> Link:
        """The way to a dialog's next hop (§12.2.1.1); the way its requests came when that cannot be reached from here."""
        uri = uri_of(state.route_set[0]) if state.route_set else state.remote_target
        host = parse_uri(uri).host.strip("[]")
        is_there = link.peer[0] == host and link.is_reliable
        if link.is_alive and (is_there or _is_behind_nat(host, link.peer[0])):
            return link
        return await self._ports.link_to(target_of(uri))

    async def ask(
        self,
        request: SipRequest,
        link: Link,
        *,
        state: Dialog,
        login: Login | None = None,
        on_progress: Progress | None = None,
        answer_within_s: float | None = None,
    ) -> SipResponse:
        """The final answer; a challenge is answered once, and once more when only its nonce was old.

        A refused INVITE is acknowledged here, an accepted one by ``acknowledge``. Raises NotFound when nobody answers.
        """
        proofs = 0
        while True:
            response = await self.clients.ask(
                request,
                link,
                branch=branch_of(request),
                on_progress=on_progress,
                answer_within_s=answer_within_s,
            )
            if request.method == "INVITE" and response.status_code >= 300:
                self.refuse_ack(request, response, link)
            if login is None or not _may_prove(response, proofs):
                return response
            proof = credentials_for(
                response,
                user=login.user,
                password=login.password,
                method=request.method,
                uri=request.uri,
            )
            if proof is None:
                return response
            proofs += 1
            self._ask_again(request, state, proof)

    def acknowledge(self, state: Dialog, invite: SipRequest, link: Link) -> None:
        """ACK a 2xx: a request of its own within the dialog (§13.2.2.4)."""
        ack = state.create_request(
            "ACK", via_host=link.local[0], via_port=link.local[1], via_transport=link.transport
        )
        state.local_cseq -= 1
        number = invite.cseq.seq if invite.cseq is not None else 1
        ack.headers.set_single("CSeq", stringify_cseq(CSeq(seq=number, method="ACK")))
        for name in ("Authorization", "Proxy-Authorization"):
            for value in invite.headers.get(name):
                ack.headers.set_single(name, value)
        self.clients.keep_ack(key_of(invite), bytes(ack), link)

    def refuse_ack(self, invite: SipRequest, response: SipResponse, link: Link) -> None:
        """ACK a final answer that is no 2xx: part of the INVITE's own transaction (§17.1.1.3)."""
        ack = _same_transaction(invite, "ACK")
        to = response.get_header("to")
        if to is not None:
            ack.headers.set_single("To", to)
        self.clients.keep_ack(key_of(invite), bytes(ack), link)

    def cancel(self, invite: SipRequest, link: Link, on_final: Progress) -> None:
        self.clients.give_up(key_of(invite), _same_transaction(invite, "CANCEL"), link, on_final)

    @staticmethod
    def _ask_again(request: SipRequest, state: Dialog, proof: tuple[str, str]) -> None:
        """The same request as a new transaction, with credentials (§22.2)."""
        state.local_cseq += 1
        via = parse_via(request.headers.get("via")[0])
        via.branch = generate_branch()
        request.headers.set_single("Via", stringify_via(via))
        request.headers.set_single(
            "CSeq", stringify_cseq(CSeq(seq=state.local_cseq, method=request.method))
        )
        request.headers.set_single(*proof)


def branch_of(request: SipRequest) -> str:
    return parse_via(request.headers.get("via")[0]).branch or ""


def key_of(request: SipRequest) -> ClientKey:
    return (branch_of(request), request.method)


def new_via(link: Link) -> str:
    host, port = link.local
    via = Via(transport=link.transport, host=host, port=port)
    via.params = {"branch": generate_branch(), "rport": None}
    return stringify_via(via)


def _same_transaction(invite: SipRequest, method: str) -> SipRequest:
    """ACK or CANCEL: the INVITE's own branch, number and route (§9.1, §17.1.1.3)."""
    request = SipRequest(method=method, uri=invite.uri)
    for name in ("Via", "From", "To", "Call-ID", "Max-Forwards"):
        request.headers.set_single(name, invite.headers.get(name)[0])
    for route in invite.headers.get("route"):
        request.headers.append("Route", route)
    number = invite.cseq.seq if invite.cseq is not None else 1
    request.headers.set_single("CSeq", stringify_cseq(CSeq(seq=number, method=method)))
    return request


def _may_prove(response: SipResponse, proofs: int) -> bool:
    if response.status_code not in (401, 407):
        return False
    return proofs == 0 or (proofs == 1 and is_stale(response))


def _is_behind_nat(host: str, peer: str) -> bool:
    """Whether a contact names a private address while its owner speaks to us from another one."""
    try:
        return ip_address(host).is_private and host != peer and not ip_address(peer).is_loopback
    except ValueError:
        return False
