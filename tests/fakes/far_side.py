"""Stand at the other end of a wire without a wire."""

import asyncio
from dataclasses import dataclass

from domain.errors import NotFound
from media_gateway.ending import Ending
from media_gateway.mouthpiece import Mouthpiece


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayRequest:
    """One thing we were asked to play."""

    pcm: bytes
    sample_rate_hz: int
    play_id: str


class FakeFarSide:
    """Remembers what it was asked; ``is_gone`` makes it answer nobody."""

    def __init__(
        self,
        *,
        reports_played: bool = True,
        max_play_bytes: int = 450_000,
        mouthpiece: Mouthpiece | None = None,
    ) -> None:
        self.wire = "fake"
        self.mouthpiece = mouthpiece
        self.reports_played = reports_played
        self.max_play_bytes = max_play_bytes
        self.is_gone = False
        self.played: list[PlayRequest] = []
        self._asked = asyncio.Event()
        self.stops = 0
        self.was_hung_up = False
        self.endings: list[Ending] = []

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        if self.is_gone:
            raise NotFound("media_gateway.far_side_gone", "nobody is there")
        self.played.append(PlayRequest(pcm=pcm, sample_rate_hz=sample_rate_hz, play_id=play_id))
        self._asked.set()

    async def until_asked(self, times: int = 1) -> None:
        """Wait until so much was played; a test that would wait for ever fails after 5 s."""
        async with asyncio.timeout(5):
            while len(self.played) < times:
                self._asked.clear()
                await self._asked.wait()

    async def stop_playing(self) -> None:
        self.stops += 1

    async def hang_up(self) -> None:
        if self.is_gone:
            raise NotFound("media_gateway.far_side_gone", "nobody is there")
        self.was_hung_up = True

    async def close(self, ending: Ending) -> None:
        self.endings.append(ending)
