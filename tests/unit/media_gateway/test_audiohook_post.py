"""What we send an AudioHook client: answers first, words as they are now, and never a wait for the reader."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from starlette.websockets import WebSocket

from media_gateway.sockets.audiohook_post import (
    ANSWERS_WAITING,
    ENTITIES_WAITING,
    PACKETS_WAITING,
    AudioHookPost,
)
from media_gateway.wires.audiohook import AudioHookSession


class Socket:
    """Keeps what is sent; takes nothing while ``may_take`` is not set."""

    def __init__(self) -> None:
        self.sent: list[bytes | str] = []
        self.may_take = asyncio.Event()
        self.may_take.set()

    async def send_text(self, text: str) -> None:
        await self.may_take.wait()
        self.sent.append(text)

    async def send_bytes(self, sound: bytes) -> None:
        await self.may_take.wait()
        self.sent.append(sound)

    @property
    def names(self) -> list[str]:
        return ["sound" if isinstance(m, bytes) else json.loads(m)["type"] for m in self.sent]


def new_post(socket: Socket, *, send_ms: int = 1_000) -> AudioHookPost:
    session = AudioHookSession(session_id="30b0e395-84d3-4570-ac13-9a62d8f514c0")
    return AudioHookPost(cast(WebSocket, socket), session, send_ms=send_ms, event_gap_ms=1)


@asynccontextmanager
async def running(post: AudioHookPost) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        group.create_task(post.run())
        yield
        await post.until_told()
        post.close()


async def test_answers_go_before_speech_and_speech_before_words() -> None:
    socket = Socket()
    post = new_post(socket)
    post.tell("a", {"n": 1}, is_final=True)
    post.speak(b"sound")
    post.answer("pong", answering=1)

    async with running(post):
        pass

    assert socket.names == ["pong", "sound", "event"]
    assert [json.loads(text)["seq"] for text in socket.sent if isinstance(text, str)] == [1, 2]


async def test_of_a_segment_the_newest_revision_goes_and_a_final_never_gives_way() -> None:
    socket = Socket()
    post = new_post(socket)
    for number, is_final in ((1, False), (2, False), (3, True), (4, False)):
        post.tell("a", {"n": number}, is_final=is_final)

    async with running(post):
        pass

    (event,) = socket.sent
    assert json.loads(event)["parameters"] == {"entities": [{"n": 3}]}


async def test_too_many_words_cost_revisions_first() -> None:
    socket = Socket()
    post = new_post(socket)
    post.tell("final", {"n": 0}, is_final=True)
    for number in range(ENTITIES_WAITING):
        post.tell(f"{number}", {"n": number}, is_final=False)
    for _ in range(PACKETS_WAITING + 1):
        post.speak(b"")

    assert post.dropped == 2
    post.hush()
    post.tell("last", {"n": 0}, is_final=True)
    assert post.dropped == 3


async def test_a_client_that_takes_nothing_is_given_up_and_nobody_waits() -> None:
    socket = Socket()
    socket.may_take.clear()
    post = new_post(socket, send_ms=5)
    post.tell("a", {}, is_final=True)
    post.answer("pong")

    async with running(post):
        await post.until_told()
        post.answer("pong")
        post.speak(b"sound")

    assert post.is_deaf
    assert socket.sent == []


async def test_more_answers_than_can_wait_make_it_deaf() -> None:
    post = new_post(Socket())
    for _ in range(ANSWERS_WAITING + 1):
        post.answer("pong")

    assert post.is_deaf
