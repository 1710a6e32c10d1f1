import pytest
from aiosipua.message import SipRequest

from domain.errors import InputError
from media_gateway.sip.link import Link
from media_gateway.sip.message import answer_to, read_message, stamped, tag_of, uri_of
from tests.fakes.sip_link import FakeLink

INVITE = (
    b"INVITE sip:12345@gw.example SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bKa;rport\r\n"
    b"Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKb\r\n"
    b"Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n"
    b"f: <tel:+8613800138000>;tag=1\r\nt: <sip:12345@gw.example>\r\n"
    b"i: abc\r\nCSeq: 7 INVITE\r\nl: 3\r\n\r\nv=0"
)


def test_an_answer_carries_every_via_and_route_back() -> None:
    arrived = read_message(INVITE)
    assert isinstance(arrived.message, SipRequest)
    assert arrived.fault is None

    answer = answer_to(arrived.message, 200, tag="ours")

    assert answer.headers.get("via") == arrived.message.headers.get("via")
    assert answer.headers.get("record-route") == ["<sip:p1;lr>", "<sip:p2;lr>"]
    assert tag_of(answer.get_header("to")) == "ours"
    assert answer.reason_phrase == "OK"


def test_where_a_request_truly_came_from_is_noted_and_answered() -> None:
    message = read_message(INVITE).message
    assert isinstance(message, SipRequest)
    link: Link = FakeLink(peer=("192.0.2.7", 40_000))

    way_back = stamped(message, link)

    assert way_back.peer == ("192.0.2.7", 40_000)
    assert message.headers.get("via")[0].endswith(";branch=z9hG4bKa;rport=40000;received=192.0.2.7")


def test_without_rport_the_answer_goes_to_the_port_in_via() -> None:
    message = read_message(INVITE.replace(b";rport", b"")).message
    assert isinstance(message, SipRequest)

    assert stamped(message, FakeLink(peer=("10.0.0.1", 40_000))).peer == ("10.0.0.1", 5062)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1", b"SIP/3.0\r\nVia: SIP/2.0/UDP 10.0.0.1", 505),
        (b"CSeq: 7 INVITE", b"CSeq: 7 BYE", 400),
        (b"CSeq: 7 INVITE", b"CSeq: 9999999999 INVITE", 400),
        (b"CSeq: 7 INVITE", b"X: y", 400),
        (b"l: 3", b"l: 30", 400),
        (b"l: 3", b"l: -1", 400),
        (b"i: abc\r\n", b"", 400),
        (b";tag=1", b"", 400),
        (b"i: abc\r\n", b"i: abc\r\ni: abd\r\n", 400),
    ],
)
def test_what_is_wrong_with_a_request_is_told_to_its_sender(
    old: bytes, new: bytes, code: int
) -> None:
    fault = read_message(INVITE.replace(old, new)).fault

    assert fault is not None
    assert fault.code == code


@pytest.mark.parametrize("data", [b"", b"\xff" * 80, b"GET / HTTP/1.1\r\n\r\n", b"SIP/2.0 x y\r\n"])
def test_what_nobody_can_answer_is_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        read_message(data)


def test_a_tel_uri_stays_one() -> None:
    assert uri_of('"Z" <tel:+8613800138000;phone-context=x>;tag=1') == (
        "tel:+8613800138000;phone-context=x"
    )
