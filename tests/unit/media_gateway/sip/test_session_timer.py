import pytest
from aiosipua.message import SipRequest

from media_gateway.sip.session_timer import SessionTerms, headers_of, terms_we_answer


def invite(expires: str | None, *, is_able: bool) -> SipRequest:
    request = SipRequest(method="INVITE", uri="sip:a")
    if expires is not None:
        request.headers.set_single("Session-Expires", expires)
    if is_able:
        request.headers.set_single("Supported", "timer")
    return request


@pytest.mark.parametrize(
    ("expires", "is_able", "terms"),
    [
        (None, True, None),
        ("nonsense", True, None),
        ("1800", True, SessionTerms(interval_s=1800, we_refresh=False)),
        ("1800;refresher=uas", True, SessionTerms(interval_s=1800, we_refresh=True)),
        ("1800", False, SessionTerms(interval_s=1800, we_refresh=True)),
    ],
)
def test_who_refreshes_is_whoever_can(
    expires: str | None, is_able: bool, terms: SessionTerms | None
) -> None:
    assert terms_we_answer(invite(expires, is_able=is_able)) == terms


def test_what_we_promise_stands_in_the_answer() -> None:
    theirs = SessionTerms(interval_s=90, we_refresh=False)

    assert headers_of(theirs, we_are="uas") == {
        "Session-Expires": "90;refresher=uac",
        "Require": "timer",
    }
