"""Stay registered with a trunk: in time before it ends, patiently when it says no (RFC 3261 §10)."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiosipua.dialog import Dialog
from aiosipua.headers import CSeq, parse_address, stringify_cseq
from aiosipua.message import SipRequest, SipResponse
from aiosipua.utils import generate_call_id, generate_tag

from domain.errors import InputError, NotFound
from media_gateway.sip.link import Link
from media_gateway.sip.messenger import Messenger, new_via
from media_gateway.sip.ports import SipPorts, target_of
from media_gateway.sip.settings import Registration
from media_gateway.sip.trunk import registered_trunk

log = logging.getLogger(__name__)

FIRST_RETRY_S = 5
LAST_RETRY_S = 300
REFUSED_RETRY_S = 600  # a wrong password that is tried often gets an address banned
EARLY_AT_MOST_S = 30


class Office(Protocol):
    """What a registration needs of the server it belongs to."""

    ports: SipPorts
    messenger: Messenger


class Registrar:
    """One account at one trunk. ``run`` is a service; ``is_registered`` is for the desk and for health checks."""

    def __init__(
        self,
        *,
        registration: Registration,
        office: Office,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.is_registered = False
        self._registration = registration
        self._trunk = registered_trunk(registration)
        self._office = office
        self._sleep = sleep
        self._failures = 0
        self._expires_s = registration.expires_s
        self._link: Link | None = None
        self._state = Dialog(
            call_id=generate_call_id(self._trunk.domain),
            local_tag=generate_tag(),
            local_uri=f"sip:{registration.user}@{self._trunk.domain}",
        )

    async def run(self) -> None:
        try:
            while True:
                await self._sleep(await self.once())
        finally:
            self._sign_off()

    async def once(self) -> float:
        """Register now; how many seconds to wait before the next time."""
        try:
            response = await self._ask()
        except (NotFound, InputError) as error:
            return self._failed(error.message)
        if response.status_code == 423:  # §21.4.17: it wants longer registrations
            self._expires_s = _number(response.get_header("min-expires")) or self._expires_s
            return self._failed("the trunk wants a longer registration", at_most_s=1)
        if response.status_code >= 300:
            is_refused = response.status_code in (401, 403, 407)
            why = f"the trunk answered {response.status_code}"
            return self._failed(why, at_least_s=REFUSED_RETRY_S if is_refused else 0)
        return self._succeeded(response)

    async def _ask(self) -> SipResponse:
        self._link = await self._office.ports.link_to(target_of(self._trunk.next_hop))
        request = self._request(self._link, self._expires_s)
        return await self._office.messenger.ask(
            request, self._link, state=self._state, login=self._trunk.login
        )

    def _request(self, link: Link, expires_s: int) -> SipRequest:
        """§10.2: one Call-ID and rising numbers for the life of the process; no user in the request's URI."""
        scheme, _, rest = self._trunk.uri.partition(":")
        request = SipRequest(method="REGISTER", uri=f"{scheme}:{rest.rpartition('@')[2]}")
        number = self._state.next_cseq()
        headers = {
            "Via": new_via(link),
            "Max-Forwards": "70",
            "From": f"<{self._state.local_uri}>;tag={self._state.local_tag}",
            "To": f"<{self._state.local_uri}>",
            "Call-ID": self._state.call_id,
            "CSeq": stringify_cseq(CSeq(seq=number, method="REGISTER")),
            "Contact": f"{self._contact(link)};expires={expires_s}",
            "Expires": str(expires_s),
        }
        for name, value in headers.items():
            request.headers.set_single(name, value)
        if self._trunk.route is not None:
            request.headers.set_single("Route", self._trunk.route)
        return request

    def _contact(self, link: Link) -> str:
        """With our number, so that the trunk's calls name what was dialled."""
        plain = self._office.messenger.contact(link)
        return plain.replace("<sip:", f"<sip:{self._registration.user}@", 1)

    def _succeeded(self, response: SipResponse) -> float:
        if not self.is_registered:
            log.info("registered with a SIP trunk", extra={"trunk": self._trunk.domain})
        self.is_registered = True
        self._failures = 0
        granted_s = granted_expires_s(response, asked_s=self._expires_s, user=self._trunk.user)
        return granted_s - min(EARLY_AT_MOST_S, granted_s / 5)

    def _failed(self, why: str, *, at_least_s: float = 0, at_most_s: float = LAST_RETRY_S) -> float:
        """Twice as long after each failure, and never in step with others."""
        self.is_registered = False
        wait_s = max(at_least_s, min(at_most_s, FIRST_RETRY_S * float(1 << self._failures)))
        self._failures = min(self._failures + 1, 10)
        log.warning(
            "not registered with a SIP trunk",
            extra={
                "code": "media_gateway.sip_unregistered",
                "why": why,
                "trunk": self._trunk.domain,
                "retry_s": round(wait_s),
            },
        )
        return wait_s * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, keeps no secret

    def _sign_off(self) -> None:
        """On the way out: said once, nobody waits for the answer."""
        if self.is_registered and self._link is not None:
            self.is_registered = False
            self._link.send(bytes(self._request(self._link, 0)))


def granted_expires_s(response: SipResponse, *, asked_s: int, user: str) -> int:
    """How long we are registered: as our own Contact in the answer says, else its Expires, else what we asked."""
    for value in response.headers.get("contact"):
        contact = parse_address(value)
        granted_s = _number(contact.params.get("expires"))
        if contact.uri.user == user and granted_s:
            return granted_s
    return _number(response.get_header("expires")) or asked_s


def _number(text: str | None) -> int | None:
    if text is not None and text.isascii() and text.isdigit() and len(text) < 9:
        return int(text)
    return None
