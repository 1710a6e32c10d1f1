"""What a wire has to say goes out in order; nobody who speaks waits, and a wire that takes nothing loses only its own."""

import asyncio

from domain.errors import NotFound
from media_gateway.sockets.marks import Marks
from media_gateway.sockets.outgoing import Message, Outgoing


class Socket:
    """Takes messages when it may; ``is_gone`` makes it refuse."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.may_take = asyncio.Event()
        self.is_gone = False

    async def send(self, message: Message) -> None:
        await self.may_take.wait()
        if self.is_gone:
            raise NotFound("media_gateway.far_side_gone", "gone")
        self.sent.append(message)


async def test_messages_go_out_in_order() -> None:
    socket = Socket()
    outgoing = Outgoing(socket.send)
    outgoing.put("a")
    outgoing.put(b"b")
    socket.may_take.set()

    async with asyncio.TaskGroup() as group:
        sending = group.create_task(outgoing.run())
        outgoing.put("c")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        sending.cancel()

    assert socket.sent == ["a", b"b", "c"]


async def test_a_far_side_that_takes_nothing_costs_a_bounded_memory() -> None:
    outgoing = Outgoing(Socket().send, waiting=3)

    for number in range(5):
        outgoing.put(str(number))

    assert outgoing.dropped == 2


async def test_what_waits_can_be_taken_back() -> None:
    socket = Socket()
    outgoing = Outgoing(socket.send)
    outgoing.put("old")
    outgoing.drop_waiting()
    outgoing.put("clear")
    socket.may_take.set()

    async with asyncio.TaskGroup() as group:
        sending = group.create_task(outgoing.run())
        await asyncio.sleep(0)
        sending.cancel()

    assert socket.sent == ["clear"]


async def test_a_far_side_that_is_gone_ends_the_sending_and_nothing_else() -> None:
    socket = Socket()
    socket.is_gone = True
    socket.may_take.set()
    outgoing = Outgoing(socket.send)
    outgoing.put("a")
    outgoing.put("b")

    await outgoing.run()
    outgoing.put("c")

    assert socket.sent == []
    assert outgoing.dropped == 1


async def test_a_mark_that_comes_back_is_waited_for() -> None:
    marks = Marks(patience_ms=5_000)
    marks.expect("p-1")

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(marks.wait())
        marks.arrive("p-0")
        await asyncio.sleep(0)
        assert not waiting.done()
        marks.arrive("p-1")

    assert marks.work


async def test_a_far_side_that_knows_no_marks_is_asked_once() -> None:
    marks = Marks(patience_ms=1)
    marks.expect("p-1")

    await marks.wait()

    assert not marks.work
