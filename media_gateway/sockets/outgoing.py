"""Send what a wire has to say, in order, so that nobody who speaks ever waits for the network."""

import asyncio
from collections.abc import Awaitable, Callable

from domain.errors import NotFound

WAITING = (
    250  # 5 s of frames; a far side that is further behind does not hear a conversation any more
)

Message = str | bytes


class Outgoing:
    """A bounded line of messages and the task that sends them. What finds no room is dropped and counted."""

    def __init__(
        self, send: Callable[[Message], Awaitable[None]], *, waiting: int = WAITING
    ) -> None:
        self._send = send
        self._line: asyncio.Queue[Message] = asyncio.Queue(maxsize=waiting)
        self._is_open = True
        self.dropped = 0

    def put(self, message: Message) -> None:
        """Returns at once and never raises."""
        if not self._is_open or self._line.full():
            self.dropped += 1
            return
        self._line.put_nowait(message)

    def drop_waiting(self) -> None:
        """Barge-in: what has not been sent yet is not wanted any more."""
        while not self._line.empty():
            self._line.get_nowait()

    async def run(self) -> None:
        """Send until cancelled, or until nobody takes it: the reader notices that by itself."""
        try:
            while True:
                await self._send(await self._line.get())
        except NotFound:
            self._is_open = False
            self.drop_waiting()
