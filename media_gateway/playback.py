"""Let the far side hear speech, one piece after the other, and know when it was heard."""

import asyncio
from collections.abc import Iterator
from typing import Protocol

from domain.audio import SAMPLE_BYTES, Speech, ms_from_samples
from domain.errors import NotFound
from domain.ids import CallId
from domain.ports import Clock
from media_gateway.codecs import pcm16_at_rate
from media_gateway.far_side import FarSide

# An unnamed "played" this long before the speech could have ended belongs to a piece that was stopped.
EARLY_MS = 500


class Voice(Protocol):
    """Where what we say is kept for the recording."""

    def say(self, pcm: bytes) -> None: ...
    def hush(self) -> None: ...


class Playback:
    """The voice of one call. Wishes to speak queue up; stopping empties the queue."""

    def __init__(
        self,
        *,
        call_id: CallId,
        far_side: FarSide,
        sample_rate_hz: int,
        voice: Voice,
        clock: Clock,
        grace_ms: int,
    ) -> None:
        self._call_id = call_id
        self._far_side = far_side
        self._rate_hz = sample_rate_hz
        self._voice = voice
        self._clock = clock
        self._grace_ms = grace_ms if far_side.reports_played else 0
        self._one_at_a_time = asyncio.Lock()
        self._turn = 0  # rises when playing is stopped: who asked before that is silent
        self._pieces = 0
        self._ends_at_ms = 0
        self._played = asyncio.Event()
        self._over = False

    async def play(self, speech: Speech) -> None:
        """Return when it was played or stopped. Raises NotFound when the call ends before."""
        turn = self._turn
        pcm = await asyncio.to_thread(
            pcm16_at_rate, speech.pcm, speech.sample_rate_hz, self._rate_hz
        )
        async with self._one_at_a_time:
            for piece in _pieces(pcm, self._far_side.max_play_bytes):
                self._check_alive()
                if turn != self._turn:
                    return
                await self._play_piece(piece)
        self._check_alive()

    async def stop(self) -> None:
        self._turn += 1
        if not self._one_at_a_time.locked():
            return
        self._voice.hush()
        self._played.set()
        await self._far_side.stop_playing()

    def heard(self, play_id: str | None) -> None:
        """The far side says a piece was played; older switches do not say which."""
        if play_id is None and self._ends_at_ms - self._clock.monotonic_ms() > EARLY_MS:
            return
        if play_id in (None, self._play_id):
            self._played.set()

    def end(self) -> None:
        """The call is over: nobody hears us any more."""
        self._over = True
        self._voice.hush()
        self._played.set()

    @property
    def _play_id(self) -> str:
        return f"{self._call_id}-{self._pieces}"

    async def _play_piece(self, pcm: bytes) -> None:
        self._pieces += 1
        self._played.clear()
        duration_ms = ms_from_samples(len(pcm) // SAMPLE_BYTES, self._rate_hz)
        self._ends_at_ms = self._clock.monotonic_ms() + duration_ms
        self._voice.say(pcm)
        await self._far_side.play(pcm, sample_rate_hz=self._rate_hz, play_id=self._play_id)
        if self._far_side.mouthpiece is not None:
            return  # it spoke in real time, frame by frame: what was sent was heard
        try:
            async with asyncio.timeout((duration_ms + self._grace_ms) / 1000):
                await self._played.wait()
        except TimeoutError:
            return  # it took its time and nobody contradicted: it was played

    def _check_alive(self) -> None:
        if self._over:
            raise NotFound(
                "media_gateway.call_ended", f"call {self._call_id} has ended; nobody hears us"
            )


def _pieces(pcm: bytes, max_bytes: int) -> Iterator[bytes]:
    for start in range(0, len(pcm), max_bytes):
        yield pcm[start : start + max_bytes]
