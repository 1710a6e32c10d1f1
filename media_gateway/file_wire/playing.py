"""Play one recording into a line: by the clock, or as fast as its listeners hear it."""

import asyncio
from pathlib import Path

from domain.audio import samples_from_ms
from domain.call import EndReason
from domain.errors import NotFound
from domain.ids import CallId
from media_gateway.client.pacing import Pacer
from media_gateway.ending import Ending
from media_gateway.file_wire.sound_file import SoundFile
from media_gateway.line import Line
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.offer import CallOffer

WIRE = "file"
READ_MS = 1_000
PIECE_MS = 100
LOOK_S = 0.02


class FilePlay:
    """A ``FarSide`` that has a recording for a mouth and nobody to listen. ``began`` resolves with the call's id."""

    wire = WIRE
    reports_played = False
    max_play_bytes = 1_000_000
    mouthpiece: Mouthpiece | None = None

    def __init__(
        self,
        *,
        path: Path,
        sound: SoundFile,
        offer: CallOffer,
        is_fast: bool,
        behind_ms: int,
        patience_ms: int,
    ) -> None:
        """With ``is_fast`` it waits while a listener is more than ``behind_ms`` behind, each time ``patience_ms`` at most."""
        self.offer = offer
        self.duration_ms = sound.duration_ms
        self.played_ms = 0
        self.ending: Ending | None = None
        self.began: asyncio.Future[CallId] = asyncio.get_running_loop().create_future()
        self._path = path
        self._sound = sound
        self._is_fast = is_fast
        self._behind_ms = behind_ms
        self._patience_ms = patience_ms
        self._pacer = Pacer()
        self._leaving = False

    async def read(self, line: Line) -> Ending:
        if not self.began.done():
            self.began.set_result(line.call_id)
        piece_bytes = (
            samples_from_ms(PIECE_MS, self._sound.sample_rate_hz) * self._sound.sample_bytes
        )
        while (block := await asyncio.to_thread(self._sound.read, READ_MS)) is not None:
            for at in range(0, len(block), piece_bytes):
                if self._leaving:
                    return Ending(reason=EndReason.HUNG_UP, detail="the recording was stopped")
                await self._due(line)
                line.hear(block[at : at + piece_bytes])
                self.played_ms = line.now_ms
        return Ending(reason=EndReason.HUNG_UP)

    def leave(self) -> None:
        """Stop playing: hang up in the middle."""
        self._leaving = True

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        raise NotFound("media_gateway.far_side_gone", "a recording hears nobody")

    async def stop_playing(self) -> None:
        """Nothing is playing."""

    async def hang_up(self) -> None:
        self.leave()

    async def close(self, ending: Ending) -> None:
        self.ending = ending

    def discard(self) -> None:
        """Delete the recording: it was the upload's copy. Twice is fine."""
        self._sound.close()
        self._path.unlink(missing_ok=True)

    async def _due(self, line: Line) -> None:
        if not self._is_fast:
            await self._pacer.due(self.played_ms / 1000)
            return
        await asyncio.sleep(0)
        if line.backlog_ms <= self._behind_ms:
            return
        try:
            async with asyncio.timeout(self._patience_ms / 1000):
                while line.backlog_ms > self._behind_ms and not self._leaving:  # noqa: ASYNC110 - listeners have no bell
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            return  # a listener that hangs must not hold the others for ever
