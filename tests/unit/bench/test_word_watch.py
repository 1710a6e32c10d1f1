"""A bench counts broken promises itself instead of believing that there are none."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bench.word_watch import WordWatch, watching


def shown(
    text: str, committed: int = 0, *, is_final: bool = False, of: str = "s1"
) -> dict[str, Any]:
    return {
        "type": "segment",
        "segment_id": of,
        "text": text,
        "committed": committed,
        "is_final": is_final,
    }


def watch_of(*messages: dict[str, Any]) -> WordWatch:
    watch = WordWatch()
    for message in messages:
        watch.note(message)
    return watch


def changed(*messages: dict[str, Any]) -> float | int | None:
    return watch_of(*messages).figures()["committed_changed"]


def test_grey_words_may_change() -> None:
    assert (
        changed(
            shown("I want to rebort"), shown("I want to report"), shown("Me too.", is_final=True)
        )
        == 0
    )


def test_promised_words_may_not() -> None:
    assert changed(shown("the card is lost", 8), shown("the cart is lost", 0)) == 1


def test_a_final_that_takes_promised_words_back_is_counted() -> None:
    assert changed(shown("社保卡丢了", 3), shown("", is_final=True)) == 3


def test_a_final_is_a_promise_too() -> None:
    assert changed(shown("yes", is_final=True), shown("no", is_final=True)) == 1


def test_a_promise_that_grows_is_kept() -> None:
    assert changed(shown("a b", 1), shown("a b c", 3), shown("a b c d", is_final=True)) == 0


def test_segments_told_at_the_same_time_are_not_mixed_up() -> None:
    assert (
        changed(
            shown("the card", 8, of="s1"),
            shown("my street", 9, of="s2"),
            shown("the card is", 8, of="s1"),
            shown("my street.", is_final=True, of="s2"),
        )
        == 0
    )


def test_flicker_is_words_taken_back_per_firm_word() -> None:
    watch = watch_of(
        shown("我的色"),
        shown("我的社保"),
        shown("我的社保卡", is_final=True),
        {"type": "heartbeat", "position": 1},
    )

    figures = watch.figures()
    assert figures["flicker"] == 0.2
    assert (figures["partials"], figures["committed_changed"]) == (2, 0)


def test_partials_with_promised_words_are_told_apart() -> None:
    watch = watch_of(shown("a"), shown("a b", 1), shown("a b c", 3, is_final=True))

    figures = watch.figures()
    assert (figures["partials"], figures["partials_with_committed_words"]) == (2, 1)


def test_an_hour_of_segments_is_counted_and_not_kept() -> None:
    watch = WordWatch()
    for number in range(3_000):
        watch.note(shown("one two", of=f"s{number}"))
        watch.note(shown("one three", is_final=True, of=f"s{number}"))

    assert watch.figures()["partials"] == 3_000
    assert watch.figures()["flicker"] == 0.5
    assert watch.followed < 1_000


def test_somebody_who_speaks_on_is_followed_however_many_others_come_and_go() -> None:
    watch = watch_of(shown("the card", 8, of="long"))
    for number in range(3_000):
        watch.note(shown("yes", is_final=True, of=f"s{number}"))
        if number % 100 == 0:
            watch.note(shown("the card is", 8, of="long"))
    watch.note(shown("a card", is_final=True, of="long"))

    assert watch.figures()["committed_changed"] == 2


async def test_a_line_that_breaks_is_opened_anew_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.word_watch._CALL_AGAIN_S", 0)
    monkeypatch.setattr("bench.word_watch._LAST_WORDS_S", 0)
    lines, heard = 0, asyncio.Event()

    async def tell(desk: ServerConnection) -> None:
        nonlocal lines
        lines += 1
        await desk.send(json.dumps(shown("words", of=f"s{lines}")))
        if lines == 1:
            await desk.close(1013)
        else:
            heard.set()
            await desk.wait_closed()

    watch = WordWatch()
    async with serve(tell, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with asyncio.timeout(5), watching(watch, f"http://127.0.0.1:{port}"):
            await heard.wait()
            while watch.followed < 2:  # noqa: ASYNC110 - the watch rings no bell
                await asyncio.sleep(0.001)

    figures = watch.figures()
    assert (figures["partials"], figures["desk_lines_lost"]) == (2, 1)
