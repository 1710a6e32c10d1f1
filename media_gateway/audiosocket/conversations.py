"""Bring the connections of one call together, in whatever order they come."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from domain.ids import CallId


class Seat:
    """One connection's place in a conversation. The first to come begins it; the others learn its id."""

    def __init__(self) -> None:
        self.taken = 0
        self._call_id: CallId | None = None
        self._is_known = asyncio.Event()

    async def conversation(self, wait_ms: int) -> CallId | None:
        """The conversation to join; None for whoever begins it, also when the first never managed to."""
        if self.taken == 1:
            return None
        try:
            async with asyncio.timeout(wait_ms / 1000):
                await self._is_known.wait()
        except TimeoutError:
            return None
        return self._call_id

    def tell(self, call_id: CallId) -> None:
        """We are in this conversation now."""
        self._call_id = call_id
        self._is_known.set()

    def give_up(self) -> None:
        """Nobody shall wait for us."""
        self._is_known.set()


class Conversations:
    """The conversations in progress by the name they were told under."""

    def __init__(self) -> None:
        self._by_name: dict[str, Seat] = {}

    @contextmanager
    def seat(self, name: str | None) -> Iterator[Seat]:
        """A place for one connection, as long as it lasts; without a name it is a conversation of its own."""
        seat = Seat() if name is None else self._by_name.setdefault(name, Seat())
        seat.taken += 1
        try:
            yield seat
        finally:
            seat.taken -= 1
            seat.give_up()
            if name is not None and not seat.taken:
                del self._by_name[name]
