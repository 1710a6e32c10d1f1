"""Let a metronome beat in virtual time."""

from random import Random

from media_gateway.metronome import Metronome


class EnoughBeats(Exception):
    """The virtual time is over."""


class VirtualTime:
    """A clock that moves when somebody sleeps, a little longer than asked as real sleep does."""

    def __init__(self, *, until_ns: int, oversleep_ns: int = 0, seed: int = 1) -> None:
        self.now_ns = 0
        self._until_ns = until_ns
        self._oversleep_ns = oversleep_ns
        self._dice = Random(seed)  # noqa: S311 - jitter, no secret

    def read(self) -> int:
        return self.now_ns

    async def sleep(self, seconds: float) -> None:
        late_ns = self._dice.randrange(self._oversleep_ns) if self._oversleep_ns else 0
        wakes_ns = self.now_ns + round(seconds * 1e9) + late_ns
        if wakes_ns > self._until_ns:
            raise EnoughBeats
        self.now_ns = wakes_ns

    def metronome(self) -> Metronome:
        return Metronome(now_ns=self.read, sleep=self.sleep)


class HandMetronome(Metronome):
    """A metronome that beats when it is told to."""

    def beat(self, times: int = 1) -> None:
        for _ in range(times):
            self.position += 1
            self._sound()

    @property
    def listeners(self) -> int:
        return len(self._listeners)
