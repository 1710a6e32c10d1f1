from collections import deque

import pytest
from aiosipua.message import SipRequest, SipResponse

from domain.errors import NotFound
from media_gateway.sip.registration import Registrar, granted_expires_s
from media_gateway.sip.settings import Registration
from tests.fakes.sip_link import FakeLink


class FakePorts:
    def __init__(self) -> None:
        self.link = FakeLink()

    async def link_to(self, target: object) -> FakeLink:
        return self.link


class FakeMessenger:
    """Answers in the order it was told; an exception is raised."""

    def __init__(self, *answers: SipResponse | Exception) -> None:
        self.answers = deque(answers)
        self.asked: list[SipRequest] = []

    def contact(self, link: object, params: str = "") -> str:
        return "<sip:127.0.0.1:5060;transport=udp>"

    async def ask(self, request: SipRequest, link: object, **_: object) -> SipResponse:
        self.asked.append(request)
        answer = self.answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeOffice:
    def __init__(self, *answers: SipResponse | Exception) -> None:
        self.ports = FakePorts()
        self.messenger = FakeMessenger(*answers)


def registrar(office: FakeOffice) -> Registrar:
    account = Registration(registrar="sip:trunk.example", user="12345", password="x")
    return Registrar(registration=account, office=office)  # type: ignore[arg-type]


def granted(expires: str) -> SipResponse:
    response = SipResponse(status_code=200)
    response.headers.append("Contact", f"<sip:12345@127.0.0.1:5060>;expires={expires}")
    response.headers.append("Contact", "<sip:12345@10.9.9.9>;expires=9999")
    return response


async def test_a_registration_is_refreshed_before_it_ends() -> None:
    office = FakeOffice(granted("120"), granted("3600"))
    line = registrar(office)

    assert await line.once() == 120 - 24
    assert line.is_registered
    assert await line.once() == 3600 - 30
    first, second = office.messenger.asked
    assert first.uri == "sip:trunk.example"
    assert first.call_id == second.call_id
    assert second.cseq is not None
    assert second.cseq.seq == 2
    assert "sip:12345@127.0.0.1:5060" in (first.get_header("contact") or "")


async def test_a_trunk_that_does_not_answer_is_asked_ever_more_seldom() -> None:
    office = FakeOffice(*(NotFound("x", "nobody") for _ in range(9)))
    line = registrar(office)

    waits = [await line.once() for _ in range(9)]

    assert 4 <= waits[0] <= 6
    assert 8 <= waits[1] <= 12
    assert all(240 <= wait <= 360 for wait in waits[7:])
    assert not line.is_registered


@pytest.mark.parametrize("code", [401, 403, 407])
async def test_a_password_that_is_wrong_is_not_tried_often(code: int) -> None:
    assert await registrar(FakeOffice(SipResponse(status_code=code))).once() >= 480


async def test_a_trunk_that_wants_longer_registrations_gets_them() -> None:
    brief = SipResponse(status_code=423)
    brief.headers.append("Min-Expires", "600")
    office = FakeOffice(brief, granted("600"))
    line = registrar(office)

    assert await line.once() < 2
    await line.once()
    assert office.messenger.asked[1].get_header("expires") == "600"


def test_without_a_word_about_time_what_we_asked_counts() -> None:
    assert granted_expires_s(SipResponse(status_code=200), asked_s=300, user="1") == 300
