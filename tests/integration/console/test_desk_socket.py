"""What a desk hears: what it missed, then the news; and what happens to those that do not listen."""

import asyncio

from console.shapes import CallView
from domain.ids import CallId
from tests.fakes.browser import a_browser
from tests.fakes.console_house import House
from tests.fakes.story import A_PARTIAL, CALL, WHOLE_CALL, a_start

NEWS = (
    "call", "segment", "language", "routing", "understanding", "suggestion",
    "ticket_draft", "leg", "key", "survey", "campaign",
)  # fmt: skip


async def test_news_come_as_they_happen(house: House) -> None:
    async with a_browser(house.app, "/api/desk") as browser:
        await browser.hear("heartbeat")
        await house.tell(a_start())
        await house.tell(A_PARTIAL)

        began, partial = await browser.hear("call"), await browser.hear("segment")

    assert (began["call_id"], began["state"], began["position"]) == (CALL, "live", 1)
    assert (partial["is_final"], partial["position"], partial["text"]) == (False, None, "我的社")


async def test_what_was_missed_comes_first_and_only_once(house: House) -> None:
    await house.tell(*WHOLE_CALL)

    async with a_browser(house.app, "/api/desk", "after=4") as browser:
        missed = [await browser.hear("segment")]
        while missed[-1]["position"] != len(WHOLE_CALL):
            missed.append(await browser.hear(*NEWS))
        await house.tell(a_start(CallId("call-2")))
        live = await browser.hear(*NEWS)

    positions = [message["position"] for message in missed if message["position"] is not None]
    assert positions[0] == 5
    assert positions == sorted(set(positions))
    assert live["call_id"] == "call-2"


async def test_a_line_that_breaks_at_any_message_loses_nothing(house: House) -> None:
    await house.tell(*WHOLE_CALL)
    heard: list[str] = []
    position = 0

    while position < len(WHOLE_CALL):
        async with a_browser(house.app, "/api/desk", f"after={position}") as browser:
            message = await browser.hear(*NEWS)
            while message["position"] is None:
                message = await browser.hear(*NEWS)
            heard.append(message["type"])
            position = message["position"]

    assert heard == [
        "call", "leg", "leg", "language", "segment", "understanding", "suggestion", "routing",
        "ticket_draft", "key", "leg", "leg", "survey", "survey",
        "leg", "leg", "leg", "leg", "leg", "leg", "call",
    ]  # fmt: skip


async def test_the_news_and_the_page_tell_the_same(house: House) -> None:
    async with a_browser(house.app, "/api/desk", "after=0") as browser:
        await house.tell(*WHOLE_CALL)
        last = await browser.hear("call")
        while last["state"] == "live":
            last = await browser.hear("call")

    page = (await house.browser.get(f"/api/calls/{CALL}")).json()
    assert {key: value for key, value in last.items() if key != "type"} == {
        key: page[key] for key in last if key != "type"
    }
    assert CallView.model_validate(page).position == len(WHOLE_CALL)


async def test_a_silent_house_still_has_a_heartbeat_with_the_position(house: House) -> None:
    await house.tell(a_start())

    async with a_browser(house.app, "/api/desk") as browser:
        await browser.hear("heartbeat")

        assert await browser.hear("heartbeat") == {
            "type": "heartbeat",
            "position": 1,
            "call_id": None,
        }


async def test_a_browser_that_takes_nothing_is_sent_away_and_delays_nobody(house: House) -> None:
    async with (
        a_browser(house.app, "/api/desk") as stuck,
        a_browser(house.app, "/api/desk") as other,
    ):
        await stuck.hear("heartbeat")
        await other.hear("heartbeat")
        stuck.takes.clear()

        await house.tell(*WHOLE_CALL)
        while (await other.hear("call"))["state"] == "live":
            pass
        await stuck.ended()

        assert stuck.code == 1013
        assert len(house.bus._listeners) == 1


async def test_a_browser_that_leaves_leaves_nothing_behind(house: House) -> None:
    before = len(asyncio.all_tasks())

    for _ in range(3):
        async with a_browser(house.app, "/api/desk") as browser:
            await browser.say("anything at all")
            await browser.hear("heartbeat")

    assert house.bus._listeners == []
    assert len(asyncio.all_tasks()) == before


async def test_a_position_from_another_house_starts_with_what_is_here_now(house: House) -> None:
    await house.tell(a_start())

    async with a_browser(house.app, "/api/desk", "after=999999") as browser:
        await browser.hear("heartbeat")
        await house.tell(WHOLE_CALL[1])

        assert (await browser.hear("leg"))["position"] == 2


async def test_what_is_no_position_is_refused(house: House) -> None:
    for typed in ("x", "-1", "1e3", "²", "9" * 30):
        async with a_browser(house.app, "/api/desk", f"after={typed}") as browser:
            await browser.ended()
            assert browser.code == 1008


async def test_a_page_of_another_site_cannot_listen(house: House) -> None:
    async with a_browser(house.app, "/api/desk", origin="https://evil.example") as browser:
        await browser.ended()
        assert browser.code == 1008
    async with a_browser(house.app, "/api/desk", origin="http://desk.example") as browser:
        await browser.hear("heartbeat")
