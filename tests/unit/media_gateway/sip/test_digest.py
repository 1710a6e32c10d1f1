import pytest
from aiosipua.message import SipRequest, SipResponse

from media_gateway.sip.digest import Doorkeeper, credentials_for, is_stale
from media_gateway.sip.settings import SipAccount


def challenged(*challenges: str, code: int = 401) -> SipResponse:
    response = SipResponse(status_code=code)
    name = "WWW-Authenticate" if code == 401 else "Proxy-Authenticate"
    for challenge in challenges:
        response.headers.append(name, challenge)
    return response


def test_the_example_of_rfc_2617_is_answered_as_printed_there() -> None:
    response = challenged(
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"', code=407
    )

    proof = credentials_for(
        response, user="Mufasa", password="Circle Of Life", method="GET", uri="/dir/index.html"
    )

    assert proof is not None
    assert proof[0] == "Proxy-Authorization"
    # RFC 2617 prints the qop form; without qop the same secret gives this (RFC 2069's errata).
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in proof[1]


@pytest.mark.parametrize("algorithms", [("MD5",), ("SHA-256",), ("SHA-256", "MD5")])
def test_what_we_ask_we_can_answer(algorithms: tuple[str, ...]) -> None:
    door = Doorkeeper(
        realm="here",
        accounts=(SipAccount(user="gate", password="open"),),
        algorithms=algorithms,
    )
    response = challenged(*door.challenges(now_s=100))
    request = SipRequest(method="INVITE", uri="sip:12345@gw")

    for password, is_known in (("open", True), ("shut", False)):
        proof = credentials_for(
            response, user="gate", password=password, method="INVITE", uri=request.uri
        )
        assert proof is not None
        request.headers.set_single(*proof)
        assert door.knows(request, now_s=150) is is_known
        assert not door.knows(request, now_s=1_000)


def test_a_challenge_of_an_unknown_kind_is_passed_over_for_the_next() -> None:
    response = challenged('Digest realm="r", nonce="n", algorithm=SHA-512-256', 'Digest NONCE="n"')

    proof = credentials_for(response, user="u", password="p", method="REGISTER", uri="sip:r")

    assert proof is not None
    assert "algorithm=MD5" in proof[1]


def test_only_an_old_nonce_is_worth_another_try() -> None:
    assert is_stale(challenged('Digest realm="r", nonce="n", stale=TRUE'))
    assert not is_stale(challenged('Digest realm="r", nonce="n"'))
