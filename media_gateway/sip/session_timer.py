"""Notice a call whose other side has gone without a BYE (RFC 4028). The arithmetic and the header are aiosipua's."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiosipua.message import SipRequest, SipResponse
from aiosipua.session_timer import parse_session_expires, watchdog_delay

from media_gateway.sip.message import tokens

LONGEST_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """How often the session is refreshed and by whom."""

    interval_s: int
    we_refresh: bool


def asked_interval_s(request: SipRequest) -> int | None:
    """What Session-Expires asks for; None when it is not there or not a number."""
    raw = request.get_header("session-expires") or request.get_header("x")
    interval_s, _ = parse_session_expires(raw) if raw else (0, None)
    return min(interval_s, LONGEST_S) if interval_s > 0 else None


def terms_we_answer(request: SipRequest) -> SessionTerms | None:
    """What a 2xx to this request promises: the caller refreshes if it can and does not leave it to us (§9, table 2)."""
    interval_s = asked_interval_s(request)
    if interval_s is None:
        return None
    raw = request.get_header("session-expires") or request.get_header("x") or ""
    _, refresher = parse_session_expires(raw)
    is_able = "timer" in tokens(request, "supported")
    return SessionTerms(interval_s=interval_s, we_refresh=refresher == "uas" or not is_able)


def terms_we_got(response: SipResponse) -> SessionTerms | None:
    """What a 2xx to our own request promises."""
    raw = response.get_header("session-expires") or response.get_header("x")
    interval_s, refresher = parse_session_expires(raw) if raw else (0, None)
    if not 0 < interval_s <= LONGEST_S:
        return None
    return SessionTerms(interval_s=interval_s, we_refresh=refresher != "uas")


def headers_of(terms: SessionTerms | None, *, we_are: str) -> dict[str, str]:
    """For a 2xx of ours; ``we_are`` is "uas" or "uac" in that transaction."""
    if terms is None:
        return {}
    they_are = "uac" if we_are == "uas" else "uas"
    refresher = we_are if terms.we_refresh else they_are
    headers = {"Session-Expires": f"{terms.interval_s};refresher={refresher}"}
    if not terms.we_refresh:
        headers["Require"] = "timer"
    return headers


class SessionTimer:
    """One dialog's clock: ``refresh`` is called at half time when that is ours, ``expire`` when nothing came."""

    def __init__(self, *, refresh: Callable[[], None], expire: Callable[[], None]) -> None:
        self._refresh = refresh
        self._expire = expire
        self._timer: asyncio.TimerHandle | None = None

    def agree(self, terms: SessionTerms | None) -> None:
        """Begin anew with these terms; None: no session timer."""
        self.stop()
        if terms is None:
            return
        wait_s = terms.interval_s / 2 if terms.we_refresh else watchdog_delay(terms.interval_s)
        due = self._refresh if terms.we_refresh else self._expire
        self._timer = asyncio.get_running_loop().call_later(wait_s, due)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
