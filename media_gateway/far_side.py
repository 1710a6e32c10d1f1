"""Describe what a call asks of the wire it came on."""

from typing import Protocol

from media_gateway.ending import Ending
from media_gateway.mouthpiece import Mouthpiece


class FarSide(Protocol):
    """The sending half of a wire. Every method gives up after a bounded time and raises NotFound when nobody is there."""

    @property
    def wire(self) -> str:
        """Its name in ``CallInfo.wire``."""
        ...

    @property
    def reports_played(self) -> bool:
        """Whether it says when speech was played; otherwise the speech's own length has to do."""
        ...

    @property
    def max_play_bytes(self) -> int:
        """The most PCM it takes in one piece."""
        ...

    @property
    def mouthpiece(self) -> Mouthpiece | None:
        """What feeds it frame by frame in real time, so that it can be bridged; None when it plays whole pieces or nothing."""
        ...

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None: ...
    async def stop_playing(self) -> None: ...
    async def hang_up(self) -> None: ...
    async def close(self, ending: Ending) -> None:
        """Say goodbye with the reason. Never raises; fine when the far side has gone."""
        ...
