"""The connections of one call find each other in whatever order they come."""

import asyncio

from domain.ids import CallId
from media_gateway.audiosocket.conversations import Conversations

CALL = CallId("c1")


async def test_the_first_begins_and_the_others_join() -> None:
    conversations = Conversations()

    with conversations.seat("a") as first, conversations.seat("a") as second:
        second_waits = asyncio.gather(second.conversation(1_000))
        await asyncio.sleep(0)
        first.tell(CALL)

        assert tuple(await second_waits) == (CALL,)


async def test_the_first_has_nobody_to_wait_for() -> None:
    conversations = Conversations()

    with conversations.seat("a") as first:
        assert await first.conversation(10_000) is None
    with conversations.seat(None) as alone, conversations.seat(None) as other:
        assert await alone.conversation(10_000) is None
        assert await other.conversation(10_000) is None


async def test_when_the_first_never_manages_the_second_begins() -> None:
    conversations = Conversations()

    with conversations.seat("a") as second:
        with conversations.seat("a"):
            waits = asyncio.gather(second.conversation(10_000))
            await asyncio.sleep(0)

        assert tuple(await waits) == (None,)


async def test_nobody_waits_for_ever() -> None:
    conversations = Conversations()

    with conversations.seat("a"), conversations.seat("a") as second:
        assert await second.conversation(1) is None


async def test_a_name_is_free_again_when_everybody_has_left() -> None:
    conversations = Conversations()
    with conversations.seat("a") as first:
        first.tell(CALL)

    with conversations.seat("a") as later:
        assert await later.conversation(10_000) is None
