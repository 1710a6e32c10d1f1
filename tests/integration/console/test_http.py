"""What the console answers over HTTP."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from domain.audio import Leg
from domain.ids import CallId
from tests.fakes.console_house import House
from tests.fakes.story import CALL, WHOLE_CALL, a_segment, a_start


async def test_the_newest_call_is_the_first_in_the_list(house: House) -> None:
    await house.tell(*WHOLE_CALL, a_start(CallId("call-2")))

    page = (await house.browser.get("/api/calls")).json()

    assert [(call["call_id"], call["state"]) for call in page["calls"]] == [
        ("call-2", "live"),
        ("call-1", "ended"),
    ]
    assert page["position"] == len(WHOLE_CALL) + 1
    assert page["calls"][1]["queue"] == "social_security"
    assert page["calls"][1]["language"] == "zh"


async def test_a_house_without_calls_says_so(house: House) -> None:
    assert (await house.browser.get("/api/calls")).json() == {"calls": [], "position": 0}


async def test_a_call_is_shown_with_everything_known_about_it(house: House) -> None:
    await house.tell(*WHOLE_CALL)

    answer = await house.browser.get(f"/api/calls/{CALL}")

    assert answer.headers["cache-control"] == "no-store"
    page = answer.json()
    assert page["position"] == len(WHOLE_CALL)
    assert page["started_at"].endswith("Z")
    assert page["suggestions"][0]["source"]["article_id"] == "ss-1"


async def test_an_unknown_call_is_answered_in_one_sentence(house: House) -> None:
    answer = await house.browser.get("/api/calls/nobody")

    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "code": "console.call",
            "message": "there is no such call; look in the list of calls",
        }
    }


@pytest.mark.parametrize(
    "path", ["/api/calls/%00", "/api/calls/a%20b", "/api/calls?limit=0", "/api/calls?limit=many"]
)
async def test_a_request_that_cannot_be_meant_is_refused_without_repeating_it(
    house: House, path: str
) -> None:
    answer = await house.browser.get(path)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "console.request"
    assert "many" not in answer.text


async def test_a_failing_database_is_an_error_in_one_sentence(house: House) -> None:
    async with house.database.writing() as session:
        await session.execute(text("DROP TABLE events"))

    answer = await house.browser.get("/api/calls")

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "storage.not_migrated"


async def test_a_found_line_can_be_played_from_where_it_was_said(house: House) -> None:
    writer = await house.recordings.create(CALL, Leg.CALLER, 8_000)
    await writer.write(b"\1\0" * 16_000)
    await writer.close()
    await house.index.add(a_segment(), datetime(2026, 3, 2, tzinfo=UTC))

    (hit,) = (
        await house.browser.get("/api/search", params={"q": "社保卡", "leg": "caller"})
    ).json()["hits"]
    url = f"/api/calls/{hit['call_id']}/recordings/{hit['leg']}.wav"
    first = 44 + hit["start_ms"] * 16
    part = await house.browser.get(url, headers={"Range": f"bytes={first}-{first + 99}"})
    whole = await house.browser.get(url)

    assert hit["marks"] == [[2, 5]]
    assert (part.status_code, part.content) == (206, b"\1\0" * 50)
    assert part.headers["content-range"] == f"bytes {first}-{first + 99}/32044"
    assert (whole.status_code, len(whole.content), whole.headers["accept-ranges"]) == (
        200,
        32_044,
        "bytes",
    )
    assert whole.headers["content-type"] == "audio/wav"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/calls/nobody/recordings/caller.wav", 404),
        ("/api/calls/..%2F..%2Fetc/recordings/caller.wav", 404),
        ("/api/calls/call-1/recordings/nose.wav", 422),
    ],
)
async def test_a_recording_that_is_not_there_is_not_found(
    house: House, path: str, status: int
) -> None:
    answer = await house.browser.get(path)

    assert answer.status_code == status
    assert "error" in answer.json()


async def test_the_api_is_listed_without_the_internet(house: House) -> None:
    page = await house.browser.get("/api/docs")
    document = (await house.browser.get("/api/openapi.json")).json()

    assert "/api/calls/{call_id}" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert {"/api/calls", "/api/search"} <= set(document["paths"])


async def test_without_built_pages_a_person_and_a_program_are_told_what_to_do(house: House) -> None:
    page = await house.browser.get("/", headers={"Accept": "text/html"})
    answer = await house.browser.get("/")

    assert (page.status_code, answer.status_code) == (503, 503)
    assert "make run" in page.text
    assert "网页尚未构建" in page.text
    assert answer.json()["error"]["code"] == "console.pages_not_built"


async def test_every_address_of_the_desk_is_the_one_page(house: House) -> None:
    (house.static / "assets").mkdir(parents=True)
    (house.static / "index.html").write_text("<html>desk</html>")
    (house.static / "assets" / "app-1a2b.js").write_text("run()")

    for address in ("/", "/calls/call-1", "/search?q=x"):
        page = await house.browser.get(address)
        assert (page.status_code, page.text, page.headers["cache-control"]) == (
            200,
            "<html>desk</html>",
            "no-cache",
        )
    script = await house.browser.get("/assets/app-1a2b.js")
    assert script.headers["cache-control"].endswith("immutable")
    assert script.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "address", ["/assets/gone.js", "/..%2f..%2fopenhotline.db", "/api/nothing"]
)
async def test_a_file_that_is_not_there_is_not_the_page(house: House, address: str) -> None:
    house.static.mkdir()
    (house.static / "index.html").write_text("<html>desk</html>")

    assert (await house.browser.get(address)).status_code == 404


async def test_every_answer_carries_the_safety_headers(house: House) -> None:
    for address in ("/", "/api/calls", "/api/nothing"):
        headers = (await house.browser.get(address)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_a_mistake_of_ours_is_answered_without_its_insides(house: House) -> None:
    @house.app.get("/api/broken", include_in_schema=False)
    async def broken() -> None:
        raise ZeroDivisionError("a secret")

    house.app.router.routes.insert(0, house.app.router.routes.pop())

    answer = await house.browser.get("/api/broken")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "console.unexpected"
    assert "secret" not in answer.text
