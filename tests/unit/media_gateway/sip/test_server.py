import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from aiosipua.message import SipRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.call import EndReason
from domain.errors import ContactCentreError, Refused
from media_gateway.ending import Ending
from media_gateway.sip.dialog import Reply
from media_gateway.sip.incoming import IncomingDialog
from media_gateway.sip.info_keys import KEY_TYPES
from media_gateway.sip.server import SipServer
from media_gateway.sip.settings import SipAccount, SipSettings
from tests.fakes.sip_link import FakeLink
from tests.fakes.sip_peer import SDP, Peer

FAST_T1_S = 0.004


class House:
    def __init__(self, places: int = 9) -> None:
        self.places = places
        self.refusals: list[str] = []

    @contextmanager
    def place(self) -> Iterator[None]:
        if self.places == 0:
            raise Refused("media_gateway.full", "full")
        self.places -= 1
        try:
            yield
        finally:
            self.places += 1

    def note_refusal(self, wire: str, why: str | ContactCentreError) -> None:
        self.refusals.append(str(why))


class Callee:
    """Takes every call, and remembers what it was told."""

    extensions: frozenset[str] = frozenset()
    body_types = frozenset({"application/sdp"})

    def __init__(self, *, rings_for_ever: bool = False) -> None:
        self.rings_for_ever = rings_for_ever
        self.endings: list[Ending] = []
        self.changes: list[bytes] = []
        self.dialogs: list[IncomingDialog] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def wants(self, request: SipRequest) -> bool:
        return True

    async def answer(self, dialog: IncomingDialog) -> None:
        self.dialogs.append(dialog)
        dialog.listen(self)
        if self.rings_for_ever:
            dialog.progress(180)
        else:
            dialog.accept(SDP.encode())
        await dialog.over()

    async def renegotiate(self, request: SipRequest) -> Reply:
        await self.may_answer.wait()
        self.changes.append(request.body)
        return Reply(body=SDP.encode(), content_type="application/sdp")

    def info(self, request: SipRequest) -> Reply:
        return Reply() if request.get_header("content-type") in KEY_TYPES else Reply(code=415)

    def ended(self, ending: Ending) -> None:
        self.endings.append(ending)


@asynccontextmanager
async def serving(
    callee: Callee | None = None,
    *,
    house: House | None = None,
    sip: SipSettings | None = None,
    t1_s: float = 0.5,
) -> AsyncIterator[Peer]:
    server = SipServer(
        settings=sip or SipSettings(),
        gateway=house or House(),
        on_invite=(callee or Callee(),),
        t1_s=t1_s,
    )
    async with asyncio.TaskGroup() as group:
        running = group.create_task(server.run())
        await asyncio.sleep(0)
        try:
            yield Peer(server=server)
        finally:
            running.cancel()


async def test_a_call_is_answered_confirmed_changed_and_ended() -> None:
    callee = Callee()
    async with serving(callee) as peer:
        peer.send(peer.request("INVITE", 1, body=SDP))
        response = await peer.answered()
        peer.send(peer.request("ACK", 1))
        peer.send(peer.request("INVITE", 2, body=SDP))
        await peer.until(lambda: len(callee.changes) == 1)
        peer.send(peer.request("ACK", 2))
        peer.send(peer.request("UPDATE", 3, body=SDP))
        await peer.until(lambda: len(callee.changes) == 2)
        peer.send(peer.request("BYE", 4))
        await peer.until(lambda: bool(callee.endings))

    assert response.get_header("contact") is not None
    assert peer.codes() == [100, 200, 100, 200, 200, 200]
    assert [ending.reason for ending in callee.endings] == [EndReason.HUNG_UP]
    assert peer.server.calls == 0


async def test_an_invite_that_comes_twice_is_one_call_and_gets_the_same_answer() -> None:
    callee = Callee()
    async with serving(callee) as peer:
        invite = peer.request("INVITE", 1, body=SDP)
        peer.send(invite)
        peer.send(invite)
        await peer.answered()
        peer.send(invite)

        assert len(callee.dialogs) == 1
        answers = [data for data in peer.link.sent if b" 200 OK" in data]
        assert len(answers) >= 2
        assert len(set(answers)) == 1


async def test_an_answer_that_nobody_confirms_is_repeated_and_then_given_up() -> None:
    callee = Callee()
    async with serving(callee, t1_s=FAST_T1_S) as peer:
        peer.send(peer.request("INVITE", 1, body=SDP))
        await peer.until(lambda: bool(callee.endings))

    assert peer.codes().count(200) >= 7
    assert peer.methods() == ["BYE"]
    assert callee.endings[0].reason is EndReason.VANISHED


async def test_a_caller_who_gives_up_while_it_rings_gets_487() -> None:
    callee = Callee(rings_for_ever=True)
    async with serving(callee) as peer:
        peer.send(peer.request("INVITE", 1, branch="z9hG4bKone", body=SDP))
        await peer.until(lambda: 180 in peer.codes())
        peer.send(peer.request("CANCEL", 1, branch="z9hG4bKone"))
        await peer.until(lambda: bool(callee.endings))
        peer.send(peer.request("ACK", 1, branch="z9hG4bKone"))

    assert {180, 200, 487} < set(peer.codes())
    assert peer.server.calls == 0


async def test_a_full_house_says_503_and_when_to_come_again() -> None:
    async with serving(house=House(places=0)) as peer:
        peer.send(peer.request("INVITE", 1, body=SDP))

        assert peer.last().status_code == 503
        assert peer.last().get_header("retry-after") == "10"


async def test_two_changes_at_once_are_one_too_many() -> None:
    callee = Callee()
    async with serving(callee) as peer:
        peer.send(peer.request("INVITE", 1, body=SDP))
        await peer.answered()
        peer.send(peer.request("ACK", 1))
        callee.may_answer.clear()
        peer.send(peer.request("INVITE", 2, body=SDP))
        peer.send(peer.request("UPDATE", 3, body=SDP))

        assert peer.last().status_code == 491
        callee.may_answer.set()


@pytest.mark.parametrize(
    ("method", "cseq", "headers", "body", "code"),
    [
        ("OPTIONS", 1, "", "", 200),
        ("INVITE", 1, "Require: 100rel, siprec\r\n", SDP, 420),
        ("INVITE", 1, "Content-Type: text/plain\r\n", SDP, 415),
        ("INVITE", 1, "Content-Encoding: gzip\r\n", SDP, 415),
        ("INVITE", 1, "Session-Expires: 30\r\n", SDP, 422),
        ("BYE", 1, "", "", 481),
        ("INFO", 1, "", "", 481),
        ("CANCEL", 1, "", "", 481),
        ("REGISTER", 1, "", "", 405),
        ("MESSAGE", 1, "", "", 405),
        ("SUBSCRIBE", 1, "", "", 405),
    ],
)
async def test_what_cannot_be_is_answered_as_the_rfc_says(
    method: str, cseq: int, headers: str, body: str, code: int
) -> None:
    async with serving() as peer:
        peer.send(peer.request(method, cseq, headers=headers, body=body))

        assert peer.last().status_code == code


async def test_a_malformed_request_is_answered_400_and_noted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving() as peer:
        with caplog.at_level(logging.WARNING):
            peer.send(peer.request("INVITE", 1, body=SDP, cseq_method="BYE"))
            peer.send(b"complete nonsense")

        assert peer.codes() == [400]
    assert [record.__dict__["code"] for record in caplog.records] == [
        "media_gateway.sip_fault",
        "media_gateway.sip_message",
    ]


async def test_numbers_that_go_back_are_refused_within_a_dialog() -> None:
    async with serving() as peer:
        peer.send(peer.request("INVITE", 5, body=SDP))
        await peer.answered()
        peer.send(peer.request("ACK", 5))
        peer.send(peer.request("INFO", 4))

        assert peer.last().status_code == 500


async def test_a_stranger_is_asked_for_a_password_where_there_are_accounts() -> None:
    sip = SipSettings(trusted_peers=(), accounts=(SipAccount(user="a", password="b"),))
    async with serving(sip=sip) as peer:
        peer.send(peer.request("INVITE", 1, body=SDP))

        assert peer.last().status_code == 401
        assert len(peer.last().headers.get("www-authenticate")) == 2


async def test_a_handler_that_fails_costs_its_own_call_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Faulty(Callee):
        async def answer(self, dialog: IncomingDialog) -> None:
            raise RuntimeError("a fault of ours")

    async with serving(Faulty()) as peer:
        peer.send(peer.request("INVITE", 1, body=SDP))
        await peer.until(lambda: 500 in peer.codes())
        peer.send(peer.request("OPTIONS", 2))

        assert peer.codes()[-1] == 200


MUTATIONS = st.lists(
    st.tuples(st.integers(0, 700), st.binary(max_size=6), st.integers(0, 12)), max_size=6
)
METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE", "PRACK", "REGISTER"]


@given(st.sampled_from(METHODS), st.integers(0, 3), MUTATIONS)
@settings(max_examples=300, deadline=None)
def test_whatever_comes_on_the_port_nothing_escapes(
    method: str, cseq: int, mutations: list[tuple[int, bytes, int]]
) -> None:
    asyncio.run(_throw(method, cseq, mutations))


class Broken(logging.Handler):
    """Keeps what the server's supervisors had to catch."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.records.append(record)


async def _throw(method: str, cseq: int, mutations: list[tuple[int, bytes, int]]) -> None:
    watching = Broken()
    log = logging.getLogger("media_gateway.sip.server")
    log.addHandler(watching)
    try:
        async with serving() as peer:
            peer.send(peer.request("INVITE", 0, body=SDP))
            data = bytearray(peer.request(method, cseq, body=SDP))
            for at, noise, length in mutations:
                data[at : at + length] = noise
            peer.send(bytes(data))
            await asyncio.sleep(0)
            peer.send(bytes(data))
    finally:
        log.removeHandler(watching)

    assert watching.records == []


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    server = SipServer(settings=SipSettings(), gateway=House())

    server.receive(data, FakeLink())
    server.receive(b"SIP/2.0 200 OK\r\n" + data, FakeLink())
