"""Know when the far side has played up to a mark that we set."""

import asyncio


class Marks:
    """At most one mark is awaited at a time: a line plays one piece after the other.

    ``work`` turns False when a far side let a mark go by unanswered: older releases do not know them.
    """

    def __init__(self, *, patience_ms: int) -> None:
        self._patience_s = patience_ms / 1000
        self._awaited: str | None = None
        self._reached = asyncio.Event()
        self.work = True

    def expect(self, mark: str) -> None:
        """Call it before the mark is sent."""
        self._awaited = mark
        self._reached.clear()

    def arrive(self, mark: str) -> None:
        if mark == self._awaited:
            self._reached.set()

    def give_up(self) -> None:
        """What was awaited will not be played."""
        self._reached.set()

    async def wait(self) -> None:
        """Return when the mark was reached or given up, or when patience ran out."""
        try:
            async with asyncio.timeout(self._patience_s):
                await self._reached.wait()
        except TimeoutError:
            self.work = False
