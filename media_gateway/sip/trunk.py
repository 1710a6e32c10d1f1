"""Know the way out: whom outgoing calls and registrations go to, and as whom."""

from dataclasses import dataclass

from aiosipua.headers import parse_uri
from aiosipua.utils import bracket_ipv6

from media_gateway.sip.messenger import Login
from media_gateway.sip.settings import Registration, SipSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """``domain`` stands in our From; ``next_hop`` is a URI, ``route`` the proxy that has to be named in Route."""

    uri: str
    domain: str
    user: str
    next_hop: str
    route: str | None = None
    login: Login | None = None

    @property
    def identity(self) -> str:
        return f"sip:{self.user}@{self.domain}"


def trunk_of(settings: SipSettings) -> Trunk | None:
    """The trunk of outgoing calls: the one named, else the first registration; None when there is neither."""
    first = settings.registrations[0] if settings.registrations else None
    if settings.trunk is None:
        return None if first is None else registered_trunk(first, caller_id=settings.caller_id)
    login = None
    if first is not None:
        login = Login(user=first.auth_user or first.user, password=first.password)
    user = settings.caller_id or (first.user if first is not None else "hotline")
    domain = _domain(settings.trunk)
    return Trunk(uri=settings.trunk, domain=domain, user=user, next_hop=settings.trunk, login=login)


def registered_trunk(registration: Registration, *, caller_id: str | None = None) -> Trunk:
    proxy = registration.proxy
    return Trunk(
        uri=registration.registrar,
        domain=_domain(registration.registrar),
        user=caller_id or registration.user,
        next_hop=proxy or registration.registrar,
        route=f"<{proxy};lr>" if proxy is not None else None,
        login=Login(
            user=registration.auth_user or registration.user, password=registration.password
        ),
    )


def _domain(uri: str) -> str:
    return bracket_ipv6(parse_uri(uri).host)
